using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Cove.Hosting.Storage;
using Cove.KeyService.Audit;
using Cove.KeyService.Storage;

namespace Cove.Services.Tests.Keys;

public sealed class KeyServiceCrashTests
{
    private const int Rounds = 4;
    private const int Writers = 8;

    [Fact]
    public async Task Killed_in_the_middle_of_writes_it_loses_nothing_that_it_acknowledged()
    {
        using var service = new KeyServiceProcess();
        var acknowledged = new ConcurrentBag<string>();
        for (var round = 0; round < Rounds; round++)
        {
            await service.StartAsync();
            using var client = service.Owner();
            using var stop = new CancellationTokenSource();
            var before = acknowledged.Count;
            var writers = Enumerable.Range(0, Writers).Select(w => WriteAsync(client, $"r{round}w{w}", acknowledged, stop.Token)).ToList();
            // Another number of acknowledged writes each round, so that the kill falls elsewhere each time.
            while (acknowledged.Count < before + 20 + (17 * round)) await Task.WhenAny(Task.Delay(1, TestContext.Current.CancellationToken), Task.WhenAll(writers));
            await service.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(writers);
        }

        await service.StartAsync();
        using (var client = service.Owner())
        {
            foreach (var kid in acknowledged)
                Assert.Equal(HttpStatusCode.OK, (await KeyServiceFixture.SendAsync(client, HttpMethod.Get, new Uri(kid).AbsolutePath)).StatusCode);
        }

        Assert.Equal(0, await service.StopAsync());
        await using var database = Database.Open(Path.Combine(service.DataFolder, "keys.db"), KeySchema.Sqlite);
        var (entries, broken) = AuditTrail.Follow(new AuditLog(database, TimeProvider.System));
        Assert.Null(broken);
        Assert.True(entries >= acknowledged.Count, $"{entries} entries for {acknowledged.Count} acknowledged writes");
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
