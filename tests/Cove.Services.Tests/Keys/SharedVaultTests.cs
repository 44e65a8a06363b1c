using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Cove.Hosting.Storage;
using Cove.KeyService.Audit;
using Cove.KeyService.Storage;
using Cove.Services.Tests.Hosting;

namespace Cove.Services.Tests.Keys;

public sealed class SharedVaultTests(PostgresServer postgres) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cove-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_one_instance_acknowledged_the_other_has()
    {
        var database = await DatabaseFileAsync();
        using var one = new KeyServiceProcess(postgres: database);
        using var two = new KeyServiceProcess(one, database);
        await Task.WhenAll(one.StartAsync(), two.StartAsync());
        using var atOne = one.Owner();
        using var atTwo = two.Owner();

        var made = await OkAsync(atOne, HttpMethod.Post, "/keys/Shared/create", """{"kty":"EC"}""");
        Assert.Equal(made["key"]!["kid"]!.GetValue<string>(), (await OkAsync(atTwo, HttpMethod.Get, "/keys/sHARED"))["key"]!["kid"]!.GetValue<string>());
        var rotated = await OkAsync(atTwo, HttpMethod.Post, "/keys/shared/rotate", "");
        Assert.Equal(rotated["key"]!["kid"]!.GetValue<string>(), (await OkAsync(atOne, HttpMethod.Get, "/keys/shared"))["key"]!["kid"]!.GetValue<string>());
        await OkAsync(atOne, HttpMethod.Put, "/secrets/word", """{"value":"open"}""");
        Assert.Equal("open", (await OkAsync(atTwo, HttpMethod.Get, "/secrets/WORD"))["value"]!.GetValue<string>());
        await OkAsync(atTwo, HttpMethod.Delete, "/keys/shared");
        Assert.Equal(HttpStatusCode.NotFound, (await KeyServiceFixture.SendAsync(atOne, HttpMethod.Get, "/keys/shared")).StatusCode);
        Assert.Single((await OkAsync(atOne, HttpMethod.Get, "/deletedkeys"))["value"]!.AsArray());
        await OkAsync(atOne, HttpMethod.Post, "/deletedkeys/shared/recover");
        Assert.Equal(2, (await OkAsync(atTwo, HttpMethod.Get, "/keys/shared/versions"))["value"]!.AsArray().Count);
    }

    [Fact]
    public async Task Killing_one_of_two_that_write_loses_nothing_acknowledged_and_keeps_one_audit_chain()
    {
        var database = await DatabaseFileAsync();
        using var one = new KeyServiceProcess(postgres: database);
        using var two = new KeyServiceProcess(one, database);
        await Task.WhenAll(one.StartAsync(), two.StartAsync());
        using var atOne = one.Owner();
        using var atTwo = two.Owner();
        var acknowledged = new ConcurrentBag<string>();
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 8).Select(w => KeyServiceCrashTests.WriteAsync(w % 2 == 0 ? atOne : atTwo, $"w{w}", acknowledged, stop.Token)).ToList();
        while (acknowledged.Count < 60) await Task.Delay(1, TestContext.Current.CancellationToken);
        await one.KillAsync();
        var atTheKill = acknowledged.Count;
        while (acknowledged.Count < atTheKill + 20) await Task.Delay(1, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await Task.WhenAll(writers);

        foreach (var kid in acknowledged)
            Assert.Equal(HttpStatusCode.OK, (await KeyServiceFixture.SendAsync(atTwo, HttpMethod.Get, new Uri(kid).AbsolutePath)).StatusCode);
        await using var rows = Database.OpenPostgres(await File.ReadAllTextAsync(database, TestContext.Current.CancellationToken), KeySchema.Postgres);
        var (entries, broken) = AuditTrail.Follow(new AuditLog(rows, TimeProvider.System));
        Assert.Null(broken);
        Assert.True(entries >= acknowledged.Count, $"{entries} entries for {acknowledged.Count} acknowledged writes");
        await Assert.ThrowsAnyAsync<Exception>(() => rows.WriteAsync(connection => connection.Execute("DELETE FROM audit"), CancellationToken.None));
    }

    private static async Task<JsonNode> OkAsync(HttpClient client, HttpMethod method, string path, string? body = null)
        => await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(client, method, path, body));

    private Task<string> DatabaseFileAsync() => postgres.NewDatabaseFileAsync(_folder);
}
