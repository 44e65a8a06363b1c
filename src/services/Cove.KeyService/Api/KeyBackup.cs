using Cove.Hosting.Storage;
using Cove.KeyService.Access;
using Cove.KeyService.Audit;
using Cove.KeyService.Storage;

namespace Cove.KeyService.Api;

/// <summary>A key with all its versions as one blob that only a service with the same master key can read, and back.</summary>
internal sealed class KeyBackup(KeyStore store, MasterKey master, KeyBundles bundles)
{
    private const int MaximumVersions = 500;
    private readonly SealedBackup<StoredKey> _backup = new(master, "backup/key");

    /// <summary>POST /keys/{name}/backup.</summary>
    public async Task BackUpAsync(KeyCall call, string name)
    {
        call.Require(DataAction.BackUpKey, name);
        var versions = store.Versions(name, "", MaximumVersions + 1);
        if (versions.Count == 0) throw KeyErrors.NotFound(new(name));
        if (versions.Count > MaximumVersions) throw KeyErrors.BadParameter($"Key {name} has more than {MaximumVersions} versions.");
        await store.RecordAsync(new("backup", name, call.Caller.Subject, call.RequestId, []), call.Aborted);
        await call.AnswerAsync(_backup.Write(versions));
    }

    /// <summary>POST /keys/restore.</summary>
    public async Task RestoreAsync(KeyCall call)
    {
        call.Require(DataAction.RestoreKey, RoleScope.Keys);
        var versions = await _backup.ReadAsync(call);
        var newest = await store.RestoreAsync(versions, new AuditEntry("restore", versions[0].Id.Name, call.Caller.Subject, call.RequestId, []),
            call.Aborted);
        await call.AnswerAsync(bundles.Bundle(newest));
    }
}
