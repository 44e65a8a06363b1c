using System.Text.Json;
using Cove.Formats.Jose;
using Cove.Hosting.Storage;
using Cove.KeyService.Access;
using Cove.KeyService.Api;
using Cove.KeyService.Audit;
using Cove.Outcomes;

namespace Cove.KeyService.Secrets;

/// <summary>A secret with all its versions as one blob that only a service with the same master key can read, and back.</summary>
internal sealed class SecretBackup(SecretStore store, AuditLog audit, MasterKey master, SecretBundles bundles)
{
    private const int MaximumBody = 4 * 1024 * 1024;
    private const int MaximumVersions = 50;
    private const string Place = "backup/secret";

    /// <summary>POST /secrets/{name}/backup.</summary>
    public async Task BackUpAsync(KeyCall call, string name)
    {
        call.Require(DataAction.BackUpSecret, RoleScope.Everything);
        var versions = store.Versions(name, "", MaximumVersions + 1);
        if (versions.Count == 0) throw SecretErrors.NotFound(name);
        if (versions.Count > MaximumVersions) throw KeyErrors.BadParameter($"Secret {name} has more than {MaximumVersions} versions.");
        // The values stay sealed, each for its own place; the whole is sealed again so that nothing in it can be exchanged.
        var text = JsonSerializer.SerializeToUtf8Bytes(versions);
        await audit.AppendAsync(new("secret-backup", name, call.Caller.Subject, call.RequestId, []), call.Aborted);
        await call.AnswerAsync(KeyBundles.Value(Base64Url.Encode(master.Seal(text, Place))));
    }

    /// <summary>POST /secrets/restore.</summary>
    public async Task RestoreAsync(KeyCall call)
    {
        call.Require(DataAction.RestoreSecret, RoleScope.Everything);
        using var body = RequestJson.Parse(await call.ReadAsync(MaximumBody), MaximumBody);
        var blob = new RequestJson(body.RootElement).Bytes("value") ?? throw KeyErrors.BadParameter("value is required.");
        var versions = Open(blob);
        var newest = await store.RestoreAsync(versions, new AuditEntry("secret-restore", versions[0].Name, call.Caller.Subject, call.RequestId, []), call.Aborted);
        await call.AnswerAsync(bundles.Item(newest));
    }

    private List<StoredSecret> Open(byte[] blob)
    {
        try
        {
            if (JsonSerializer.Deserialize<List<StoredSecret>>(master.Open(blob, Place)) is { Count: > 0 } versions) return versions;
        }
        catch (MalformedException)
        {
            // Sealed elsewhere, or changed.
        }

        throw KeyErrors.BadParameter("Backup blob contains invalid data or was made under another master key.");
    }
}
