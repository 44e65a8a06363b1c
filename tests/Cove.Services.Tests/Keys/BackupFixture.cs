using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Cove.Hosting.Storage;
using Cove.KeyService.Backup;
using Cove.Tests;
using Cove.Volumes.Blobs;

namespace Cove.Services.Tests.Keys;

/// <summary>A managed HSM that may back up to a real blob server on this machine, whose certificate it was given.</summary>
public sealed class BackupFixture : KeyServiceFixture
{
    public const string Administrator = "first-administrator";
    private const string Roles = "/providers/Microsoft.Authorization";
    private Azurite? _server;
    private string _certificate = "";

    internal override IReadOnlyList<string> Administrators => [Administrator];

    internal override KeyService.Api.VaultDialect Dialect => KeyService.Api.VaultDialect.ManagedHsm;

    internal override IReadOnlyList<StoragePin> BackupStorage => _server is null ? [] : [new(new Uri(_server.Url("").TrimEnd('/')), _certificate)];

    internal Azurite Blobs
    {
        get
        {
            Azurite.Require();
            return _server!;
        }
    }

    internal string MasterKeyFile => Path.Combine(Identity.Folder.FullName, "master.key");

    public override async ValueTask InitializeAsync()
    {
        if (Azurite.Program() is not null)
        {
            _server = await Azurite.StartAsync(tls: true);
            _certificate = Path.Combine(Identity.Folder.FullName, "storage.pem");
            await File.WriteAllTextAsync(_certificate, _server.Certificate!.ExportCertificatePem());
        }

        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
    }

    /// <summary>A container of its own, and its URL.</summary>
    public Task<string> NewContainerAsync() => NewContainerAsync(Blobs);

    internal static async Task<string> NewContainerAsync(Azurite server)
    {
        var container = server.Url("backups-" + RandomNumberGenerator.GetHexString(12, lowercase: true));
        using var client = server.Client();
        await using var seed = new BackupBytes([1]);
        await new BlobUpload(Blob(client, $"{container}/seed"), new() { CreateContainer = true }).PushAsync(seed, null, CancellationToken.None);
        return container;
    }

    /// <summary>A signature for a container, with the permissions that Azure asks for.</summary>
    public static string Sas(string container, string permissions = "crdw")
    {
        const string From = "2020-01-01T00:00:00Z", Until = "2099-01-01T00:00:00Z", Version = "2020-10-02";
        var name = container[(container.LastIndexOf('/') + 1)..];
        var text = string.Join('\n', permissions, From, Until, $"/blob/{Azurite.Account}/{name}", "", "", "", Version, "c", "", "", "", "", "", "");
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Azurite.Key, Encoding.UTF8.GetBytes(text)));
        return $"sp={permissions}&st={Uri.EscapeDataString(From)}&se={Uri.EscapeDataString(Until)}&sv={Version}&sr=c&sig={Uri.EscapeDataString(signature)}";
    }

    public async Task<byte[]> ReadBlobAsync(string url)
    {
        using var client = Blobs.Client();
        var blob = Blob(client, url);
        var bytes = new byte[(await blob.FindAsync(CancellationToken.None))!.Length];
        await blob.ReadAsync(0, bytes, null, CancellationToken.None);
        return bytes;
    }

    /// <summary>Puts these bytes in a blob's place.</summary>
    public async Task WriteBlobAsync(string url, byte[] content)
    {
        using var client = Blobs.Client();
        var container = string.Join('/', url.Split('/')[..5]);
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{url}?{Sas(container)}") { Content = new ByteArrayContent(content) };
        request.Headers.Add("x-ms-blob-type", "BlockBlob");
        using var answer = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    /// <summary>Gives a principal a role, and a client with its token.</summary>
    public async Task<HttpClient> WithRoleAsync(string principal, string role)
    {
        using var administrator = Client(Token(Administrator, null));
        using var assigned = await SendAsync(administrator, HttpMethod.Put, $"{Roles}/roleAssignments/{Guid.NewGuid()}",
            $$"""{"properties":{"roleDefinitionId":"Microsoft.KeyVault{{Roles}}/roleDefinitions/{{role}}","principalId":"{{principal}}"} }""");
        Assert.True(assigned.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict, $"{assigned.StatusCode}");
        return Client(Token(principal, null));
    }

    /// <summary>Starts a job and waits for its end.</summary>
    public static async Task<JsonNode> RunAsync(HttpClient client, HttpMethod method, string path, string body)
    {
        using var accepted = await SendAsync(client, method, path, body);
        var job = await OkAsync(accepted);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        var pending = new Uri(accepted.Headers.GetValues("Azure-AsyncOperation").Single()).PathAndQuery;
        while (job["status"]!.GetValue<string>() == "InProgress")
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
            job = await OkAsync(await SendAsync(client, HttpMethod.Get, pending));
        }

        return job;
    }

    /// <summary>All that a backup would hold, but for when it was made.</summary>
    public Task<string> StateAsync() => StateAsync(Identity.Folder.FullName);

    /// <summary>As <see cref="StateAsync()"/>, of the service whose data is in this folder.</summary>
    public static async Task<string> StateAsync(string folder)
    {
        await using var database = Database.Open(Path.Combine(folder, "keys.db"), KeyService.Storage.KeySchema.Sqlite);
        return Encoding.UTF8.GetString(database.Read(connection => Snapshot.Write(connection, "state", new("https://state"), DateTimeOffset.UnixEpoch)));
    }

    private static BlobClient Blob(HttpClient client, string url) => new(client, BlobAddress.Parse(url), BlobAuthorization.SharedKey(Azurite.Account, Azurite.Key), TimeProvider.System);
}
