using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Cove.Tests.Flow;

/// <summary>Ports that a template opens lead from this host into the group. That they do in a machine too, its own tests show.</summary>
public sealed class PublishedPortTests : IClassFixture<CoveProgram>
{
    private readonly CoveProgram cove;

    public PublishedPortTests(CoveProgram cove)
    {
        CoveProgram.RequireHost();
        this.cove = cove;
    }

    [Fact]
    public async Task A_container_answers_on_a_port_of_the_host()
    {
        using var project = new ReaderProject();
        (await cove.RunAsync("run", project.Folder, "--isolation", "process", "--detach")).ExitedWith(0);
        var folder = project.GroupIn(cove.Home);
        var state = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "state.json"))).RootElement;
        Assert.Equal(ReaderProject.Greeting, await ReaderProject.GreetAsync(state));

        (await cove.RunAsync("stop", Path.GetFileName(folder))).ExitedWith(0);
        await Assert.ThrowsAsync<HttpRequestException>(async () =>
        {
            using var client = new HttpClient();
            await client.GetStringAsync(new Uri($"http://127.0.0.1:{state.GetProperty("ports")[0].GetProperty("port").GetInt32()}/greeting"));
        });
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named_before_anything_runs()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        using var project = new ReaderProject();
        var file = Path.Combine(project.Folder, "compose.yaml");
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("127.0.0.1::8080", $"127.0.0.1:{port}:8080"));
        var refused = (await cove.RunAsync("run", project.Folder, "--isolation", "process", "--json")).ExitedWith(5).Json.GetProperty("error");
        Assert.Contains($"127.0.0.1:{port}", refused.GetProperty("message").GetString(), StringComparison.Ordinal);
    }
}
