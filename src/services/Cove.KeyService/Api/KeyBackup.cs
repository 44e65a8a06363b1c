using System.Text.Json;
using Cove.Formats.Jose;
using Cove.Hosting.Storage;
using Cove.KeyService.Access;
using Cove.KeyService.Audit;
using Cove.KeyService.Storage;
using Cove.Outcomes;

namespace Cove.KeyService.Api;

/// <summary>A key with all its versions as one blob that only a service with the same master key can read, and back.</summary>
internal sealed class KeyBackup(KeyStore store, MasterKey master, KeyBundles bundles)
{
    private const int MaximumBody = 4 * 1024 * 1024;
    private const int MaximumVersions = 500;
    private const string Place = "backup/key";

    /// <summary>POST /keys/{name}/backup.</summary>
    public async Task BackUpAsync(KeyCall call, string name)
    {
        call.Require(DataAction.BackUpKey, name);
        var versions = store.Versions(name, "", MaximumVersions + 1);
        if (versions.Count == 0) throw KeyErrors.NotFound(new(name));
        if (versions.Count > MaximumVersions) throw KeyErrors.BadParameter($"Key {name} has more than {MaximumVersions} versions.");
        // The private parts stay sealed, each for its own place; the whole is sealed again so that nothing in it can be exchanged.
        var text = JsonSerializer.SerializeToUtf8Bytes(versions);
        await store.RecordAsync(new("backup", name, call.Caller.Subject, call.RequestId, []), call.Aborted);
        await call.AnswerAsync(KeyBundles.Value(Base64Url.Encode(master.Seal(text, Place))));
    }

    /// <summary>POST /keys/restore.</summary>
    public async Task RestoreAsync(KeyCall call)
    {
        call.Require(DataAction.RestoreKey, RoleScope.Keys);
        using var body = RequestJson.Parse(await call.ReadAsync(MaximumBody), MaximumBody);
        var blob = new RequestJson(body.RootElement).Bytes("value") ?? throw KeyErrors.BadParameter("value is required.");
        var versions = Open(blob);
        var newest = await store.RestoreAsync(versions, new AuditEntry("restore", versions[0].Id.Name, call.Caller.Subject, call.RequestId, []),
            call.Aborted);
        await call.AnswerAsync(bundles.Bundle(newest));
    }

    private List<StoredKey> Open(byte[] blob)
    {
        try
        {
            if (JsonSerializer.Deserialize<List<StoredKey>>(master.Open(blob, Place)) is { Count: > 0 } versions) return versions;
        }
        catch (MalformedException)
        {
            // Sealed elsewhere, or changed.
        }

        throw KeyErrors.BadParameter("Backup blob contains invalid data or was made under another master key.");
    }
}
