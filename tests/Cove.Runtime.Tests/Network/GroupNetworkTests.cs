using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Cove.Runtime.Network;

namespace Cove.Tests.Runtime.Network;

public sealed class GroupNetworkTests
{
    private static GroupNetwork NewNetwork()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "making a network namespace needs root on Linux");
        return GroupNetwork.Create(MetadataService.Address);
    }

    [Fact]
    public void A_group_sees_its_own_loopback_and_nothing_else()
    {
        using var network = NewNetwork();
        var interfaces = network.Run(() => Start("/bin/sh", "-c", "cat /proc/self/net/dev | tail -n +3 | cut -d: -f1 | tr -d ' '"));
        Assert.Equal("lo", interfaces.Trim());
    }

    [Fact]
    public async Task A_connection_to_the_groups_localhost_arrives_at_the_hosts()
    {
        using var network = NewNetwork();
        using var service = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        service.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        service.Listen();
        var port = ((IPEndPoint)service.LocalEndPoint!).Port;
        using var forwarder = new Forwarder(
            network.Listen(new IPEndPoint(IPAddress.Loopback, port)),
            () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp),
            new IPEndPoint(IPAddress.Loopback, port));

        using var client = network.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        using var accepted = await service.AcceptAsync(TestContext.Current.CancellationToken);
        await client.SendAsync("ping"u8.ToArray());
        var buffer = new byte[16];
        Assert.Equal(4, await accepted.ReceiveAsync(buffer));
        await accepted.SendAsync("pong"u8.ToArray());
        Assert.Equal(4, await client.ReceiveAsync(buffer));
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await accepted.ReceiveAsync(buffer));
    }

    [Fact]
    public async Task Without_the_metadata_header_no_token_is_given()
    {
        using var network = NewNetwork();
        using var service = new MetadataService(network, Issue, default);
        Assert.StartsWith("HTTP/1.1 400", await Get(network, "/metadata/identity/oauth2/token?resource=r", header: ""));
    }

    [Fact]
    public async Task A_token_names_its_resource_and_every_member_is_a_string()
    {
        using var network = NewNetwork();
        using var service = new MetadataService(network, Issue, default);
        var answer = await Get(network, "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net", "Metadata: true\r\n");
        Assert.StartsWith("HTTP/1.1 200", answer);
        using var body = JsonDocument.Parse(answer[answer.IndexOf("\r\n\r\n", StringComparison.Ordinal)..]);
        Assert.Equal("token for https://vault.azure.net", body.RootElement.GetProperty("access_token").GetString());
        Assert.All(body.RootElement.EnumerateObject(), member => Assert.Equal(JsonValueKind.String, member.Value.ValueKind));
    }

    private static IdentityToken Issue(string resource) =>
        new("token for " + resource, "group", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddHours(1));

    private static async Task<string> Get(GroupNetwork network, string path, string header)
    {
        using var client = network.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        await client.ConnectAsync(MetadataService.Address, 80, TestContext.Current.CancellationToken);
        await using var stream = new NetworkStream(client);
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 169.254.169.254\r\n{header}Connection: close\r\n\r\n"));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    private static string Start(string file, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
