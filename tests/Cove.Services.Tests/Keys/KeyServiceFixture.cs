using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cove.Formats.Certificates;
using Cove.Formats.Jose;
using Cove.Keys.Release;
using Cove.KeyService;
using Cove.KeyService.Access;
using Cove.KeyService.Api;
using Cove.KeyService.Backup;
using Cove.Hosting;
using Cove.Hosting.Storage;
using Cove.Hosting.Tls;
using Cove.Services.Tests.Hosting;
using Microsoft.AspNetCore.Builder;

namespace Cove.Services.Tests.Keys;

/// <summary>A key service in this process, on a real TLS socket, with an attestation authority it believes and an issuer of access tokens.</summary>
public class KeyServiceFixture : IAsyncLifetime
{
    private readonly TestIdentity _identity = new();
    private readonly ECDsa _issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private ServerIdentity? _tls;
    private KeyServer? _server;
    private WebApplication? _app;

    public KeyServiceFixture()
    {
        var port = TestIdentity.FreePort();
        Url = new($"https://localhost:{port}");
    }

    public static string Issuer => "https://localhost/test-identity";

    public Uri Url { get; }

    public RSA WrapKey { get; } = RSA.Create(2048);

    internal TestAuthority Authority { get; private set; } = null!;

    internal KeyServer Server => _server!;

    internal virtual VaultDialect Dialect => VaultDialect.Vault;

    internal virtual IReadOnlyList<string> Administrators => [];

    internal TestIdentity Identity => _identity;

    public HttpClient Anonymous { get; private set; } = null!;

    public HttpClient Owner { get; private set; } = null!;

    public HttpClient Workload { get; private set; } = null!;

    internal virtual IReadOnlyList<StoragePin> BackupStorage => [];

    public virtual async ValueTask InitializeAsync()
    {
        Authority = await TestAuthority.StartAsync();
        var masterKey = Path.Combine(_identity.Folder.FullName, "master.key");
        PrivateFile.Write(masterKey, RandomNumberGenerator.GetBytes(32));
        _tls = ServerIdentity.Load(_identity.CertificateFile, _identity.KeyFile);
        _server = await KeyServer.OpenAsync(
            new()
            {
                VaultUrl = Url,
                Database = DatabaseOptions.InFolder(_identity.Folder.FullName),
                Authorities = [new(Cove.Keys.ReleasePolicy.AuthorityUrl.Parse(Authority.Url), Authority.CertificateAuthorityFile)],
                AccessIssuers = [new AccessIssuer(Issuer, new([EcJwk.FromEcdsa(_issuerKey, false, keyId: "issuer-1")]))],
                MasterKey = masterKey,
                Dialect = Dialect,
                Administrators = Administrators,
                BackupStorage = BackupStorage,
            },
            _tls,
            TimeProvider.System,
            CancellationToken.None);
        _app = ServiceShell.Build(new() { Listen = new(IPAddress.Loopback, Url.Port), Url = Url, Identity = _tls, ErrorBody = Dialect.WriteError }, app => app.Run(_server.Routes.HandleAsync));
        await _app.StartAsync();
        Anonymous = _identity.Client(Url);
        Owner = Client(Token("owner", Caller.OwnerRole));
        Workload = Client(Token("workload", Caller.ReleaseRole));
    }

    public string Token(string subject, string? role, string audience = "https://vault.azure.net", string? issuer = null, TimeSpan? lifetime = null)
        => new AccessTokenIssuer(new(_issuerKey, JwsAlgorithm.ES256), "issuer-1", issuer ?? Issuer, TimeProvider.System).Mint(audience, subject, role is null ? [] : [role], lifetime ?? TimeSpan.FromMinutes(10));

    /// <summary>A token without roles, of a member of a group.</summary>
    public string TokenOfGroup(string subject, string group)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject { ["iss"] = Issuer, ["aud"] = "https://managedhsm.azure.net", ["exp"] = now + 600, ["oid"] = subject, ["groups"] = new JsonArray(group) };
        return new JwsSigner(_issuerKey, JwsAlgorithm.ES256).Sign(new JwsHeader { Algorithm = "ES256", KeyId = "issuer-1" }, Encoding.UTF8.GetBytes(claims.ToJsonString()));
    }

    public HttpClient Client(string token)
    {
        var client = _identity.Client(Url);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public string PolicyData(string claim = "x-ms-sevsnpvm-hostdata", string value = "aabb", string? authority = null)
        => Base64Url.Encode(Encoding.UTF8.GetBytes($$"""{"version":"1.0.0","anyOf":[{"authority":"{{authority ?? Authority.Url}}","allOf":[{"claim":"{{claim}}","equals":"{{value}}"}]}]}"""));

    /// <summary>Makes a key that can be released to the claims of <see cref="TestAuthority.Claims"/>.</summary>
    public async Task<JsonNode> CreateReleasableAsync(string name, string kty = "oct-HSM", bool immutable = false)
        => await OkAsync(await SendAsync(Owner, HttpMethod.Post, $"/keys/{name}/create", $$"""{"kty":"{{kty}}","attributes":{"exportable":true},"release_policy":{"data":"{{PolicyData()}}","immutable":{{(immutable ? "true" : "false")}} } }"""));

    public static async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path + (path.Contains('?', StringComparison.Ordinal) ? "" : "?api-version=7.4")) { Version = client.DefaultRequestVersion, VersionPolicy = client.DefaultVersionPolicy };
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await client.SendAsync(request);
    }

    public Task<HttpResponseMessage> ReleaseAsync(string name, string target, HttpClient? client = null)
        => SendAsync(client ?? Workload, HttpMethod.Post, $"/keys/{name}/release", JsonSerializer.Serialize(new Dictionary<string, string> { ["target"] = target }));

    public static async Task<JsonNode> OkAsync(HttpResponseMessage answer)
    {
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} {body}");
        return JsonNode.Parse(body)!;
    }

    /// <summary>Status, code, inner code and message of an error.</summary>
    public static async Task<(int Status, string? Code, string? Inner, string Message)> ErrorAsync(HttpResponseMessage answer)
    {
        var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"]!;
        return ((int)answer.StatusCode, error["code"]?.GetValue<string>(), error["innererror"]?["code"]?.GetValue<string>(), error["message"]!.GetValue<string>());
    }

    /// <summary>The released key, verified and unwrapped as a workload does it.</summary>
    internal ReleasedKey Open(byte[] body, string name)
    {
        var trust = ReleaseTrust.InRoots("localhost", [_identity.Authority.Certificate]);
        Assert.True(ReleaseAnswer.ParseBody(body).Verify(trust, new(name), TimeProvider.System.GetUtcNow()).IsAccepted(out var release, out var findings), string.Join('\n', findings));
        Assert.True(release.Open(WrapKey).IsAccepted(out var key, out findings), string.Join('\n', findings));
        return key;
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
        _tls?.Dispose();
        await Authority.DisposeAsync();
        _identity.Dispose();
        WrapKey.Dispose();
        GC.SuppressFinalize(this);
    }
}
