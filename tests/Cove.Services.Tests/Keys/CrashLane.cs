using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cove.Formats.Jose;
using Cove.Hosting.Storage;
using Cove.Keys.Audit;
using Cove.Keys.Vault;
using Cove.KeyService.Audit;
using Cove.KeyService.Storage;

namespace Cove.Services.Tests.Keys;

/// <summary>One service that is killed again and again while clients create, rotate, release and delete keys, and what it acknowledged to them.</summary>
internal sealed class CrashLane(TestAuthority authority, RSA wrapKey) : IDisposable
{
    private const int Clients = 4;
    private const int MostAcknowledged = 10;
    private const int MostDelayMilliseconds = 10;
    private readonly KeyServiceProcess _service = new(authority: authority);
    private readonly ConcurrentBag<string> _requests = [];
    private readonly ConcurrentDictionary<string, bool> _live = new(StringComparer.Ordinal);
    private ConcurrentDictionary<string, bool> _lastRound = new(StringComparer.Ordinal);

    /// <summary>Operations that were answered with success.</summary>
    public int Acknowledged => _requests.Count;

    /// <summary>Starts the service where it was killed, looks for what it acknowledged last, and kills it at a random point of the next operations.</summary>
    public async Task RoundAsync(int round)
    {
        await _service.StartAsync();
        using var client = _service.Owner();
        await CheckAsync(client, _lastRound);
        foreach (var (id, isLive) in _lastRound) _live[id] = isLive;
        _lastRound = new(StringComparer.Ordinal);
        using var stop = new CancellationTokenSource();
        var before = Acknowledged;
        var enough = before + RandomNumberGenerator.GetInt32(MostAcknowledged + 1);
        var clients = Enumerable.Range(0, Clients).Select(c => WorkAsync(client, $"r{round}c{c}", stop.Token)).ToList();
        while (Acknowledged < enough && clients.Exists(c => !c.IsCompleted)) await Task.Delay(1);
        await Task.Delay(RandomNumberGenerator.GetInt32(MostDelayMilliseconds + 1));
        await _service.KillAsync();
        await stop.CancelAsync();
        await Task.WhenAll(clients);
    }

    /// <summary>Starts the service once more: everything acknowledged in all rounds is there, and in one unbroken audit log.</summary>
    public async Task EndAsync()
    {
        await _service.StartAsync();
        using (var client = _service.Owner()) await CheckAsync(client, _lastRound);
        foreach (var (id, isLive) in _lastRound) _live[id] = isLive;
        Assert.Equal(0, await _service.StopAsync());
        await using var database = Database.Open(Path.Combine(_service.DataFolder, "keys.db"), KeySchema.Sqlite);
        var log = new AuditLog(database, TimeProvider.System);
        var store = new KeyStore(database, log, TimeProvider.System);
        foreach (var (id, isLive) in _live) Assert.Equal((id, isLive), (id, store.Find(KeyId.Parse(id)) is not null));
        var chain = new AuditChain();
        var recorded = new HashSet<string>(StringComparer.Ordinal);
        while (log.Read(chain.Head.Number, 500) is { Count: > 0 } page)
        {
            foreach (var record in page)
            {
                Assert.Null(chain.Follow(record));
                using var entry = JsonDocument.Parse(record.Entry);
                recorded.Add(entry.RootElement.GetProperty("request").GetString()!);
            }
        }

        Assert.All(_requests, r => Assert.Contains(r, recorded));
    }

    public void Dispose() => _service.Dispose();

    private static async Task CheckAsync(HttpClient client, ConcurrentDictionary<string, bool> keys)
    {
        foreach (var (id, isLive) in keys)
            Assert.Equal((id, isLive ? HttpStatusCode.OK : HttpStatusCode.NotFound), (id, (await KeyServiceFixture.SendAsync(client, HttpMethod.Get, $"/keys/{id}")).StatusCode));
    }

    private async Task WorkAsync(HttpClient client, string prefix, CancellationToken stop)
    {
        var target = JsonSerializer.Serialize(new Dictionary<string, string>(StringComparer.Ordinal) { ["target"] = authority.Sign(authority.Claims(wrapKey)) });
        var policy = Base64Url.Encode(Encoding.UTF8.GetBytes($$"""{"version":"1.0.0","anyOf":[{"authority":"{{authority.Url}}","allOf":[{"claim":"x-ms-sevsnpvm-hostdata","equals":"aabb"}]}]}"""));
        try
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var name = $"{prefix}n{i}";
                var created = IdOf(await AskAsync(client, HttpMethod.Post, $"/keys/{name}/create", $$"""{"kty":"oct-HSM","attributes":{"exportable":true},"release_policy":{"data":"{{policy}}"} }"""));
                _lastRound[created] = true;
                await AskAsync(client, HttpMethod.Post, $"/keys/{name}/release", target);
                var rotated = IdOf(await AskAsync(client, HttpMethod.Post, $"/keys/{name}/rotate", ""));
                _lastRound[rotated] = true;
                if (i % 2 == 0) continue;
                // From here on, until the answer, either is right.
                _lastRound.Remove(created, out _);
                _lastRound.Remove(rotated, out _);
                await AskAsync(client, HttpMethod.Delete, $"/keys/{name}");
                _lastRound[created] = _lastRound[rotated] = false;
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // Killed: what was not answered was not acknowledged.
        }
    }

    private async Task<JsonNode> AskAsync(HttpClient client, HttpMethod method, string path, string? body = null)
    {
        using var answer = await KeyServiceFixture.SendAsync(client, method, path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        _requests.Add(Assert.Single(answer.Headers.GetValues("x-ms-request-id")));
        return JsonNode.Parse(text)!;
    }

    private static string IdOf(JsonNode bundle) => new Uri(bundle["key"]!["kid"]!.GetValue<string>()).AbsolutePath["/keys/".Length..];
}
