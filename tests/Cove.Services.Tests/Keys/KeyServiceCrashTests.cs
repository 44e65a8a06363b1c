using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Cove.Services.Tests.Keys;

public sealed class KeyServiceCrashTests
{
    private const int Lanes = 4;
    private const int KillsInEach = 50;

    [Fact]
    public async Task Killed_at_two_hundred_random_points_it_loses_nothing_that_it_acknowledged()
    {
        await using var authority = await TestAuthority.StartAsync();
        using var wrapKey = RSA.Create(2048);
        var acknowledged = await Task.WhenAll(Enumerable.Range(0, Lanes).Select(_ => Task.Run(async () =>
        {
            using var lane = new CrashLane(authority, wrapKey);
            for (var round = 0; round < KillsInEach; round++) await lane.RoundAsync(round);
            await lane.EndAsync();
            return lane.Acknowledged;
        })));
        Assert.True(acknowledged.Sum() > Lanes * KillsInEach, $"{acknowledged.Sum()} acknowledged operations are no load");
    }

    [Fact]
    public async Task Another_master_key_is_refused_at_the_start()
    {
        using var service = new KeyServiceProcess();
        await service.StartAsync();
        await service.StopAsync();
        var first = await File.ReadAllBytesAsync(service.MasterKeyFile, TestContext.Current.CancellationToken);
        first[0] ^= 1;
        Cove.Formats.Certificates.PrivateFile.Write(service.MasterKeyFile, first);
        var (exitCode, error) = await service.RunToEndAsync();
        Assert.Equal(2, exitCode);
        Assert.Contains("the master key is not the one", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--dialect", "hsm", "--dialect is neither")]
    [InlineData("--nothing", "x", "unknown argument --nothing")]
    [InlineData("--listen", "127.0.0.1:1", "--listen is given more than once")]
    [InlineData("--authority", "http://plain", "--authority")]
    public async Task A_wrong_command_line_ends_with_exit_code_two_and_a_hint(string option, string value, string reason)
    {
        using var service = new KeyServiceProcess();
        var (exitCode, error) = await service.RunToEndAsync(option, value);
        Assert.Equal(2, exitCode);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.Contains("hint:", error, StringComparison.Ordinal);
    }

    internal static async Task WriteAsync(HttpClient client, string prefix, ConcurrentBag<string> acknowledged, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            try
            {
                using var answer = await KeyServiceFixture.SendAsync(client, HttpMethod.Post, $"/keys/{prefix}n{i % 50}/create", """{"kty":"oct-HSM"}""");
                var body = await answer.Content.ReadAsStringAsync(CancellationToken.None);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                acknowledged.Add(JsonNode.Parse(body)!["key"]!["kid"]!.GetValue<string>());
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                return; // killed: what was not answered was not acknowledged
            }
        }
    }
}
