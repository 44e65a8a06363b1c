using System.Text.Json;

namespace Cove.Tests.Flow;

/// <summary>Development services of several users of one machine.</summary>
public sealed class DevelopmentServicesTests
{
    private const int Users = 3;

    [Fact]
    public async Task Users_who_start_their_services_at_the_same_time_do_not_get_each_others_ports()
    {
        CoveProgram.RequireHost();
        CoveProgram[] users = [.. Enumerable.Range(0, Users).Select(_ => new CoveProgram())];
        try
        {
            var all = await Task.WhenAll(users.Select(user => user.RunAsync("dev", "up", "--json")));
            var ports = all.SelectMany(said => Ports(said.ExitedWith(0).Out)).ToList();
            Assert.Equal(2 * Users, ports.Distinct().Count());
        }
        finally
        {
            foreach (var user in users) await user.DisposeAsync();
        }
    }

    private static IEnumerable<int> Ports(string status)
    {
        using var document = JsonDocument.Parse(status);
        return [.. new[] { "attestation", "keys" }.Select(service => new Uri(document.RootElement.GetProperty(service).GetProperty("url").GetString()!).Port)];
    }
}
