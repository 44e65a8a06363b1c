using Cove.Hosting.Storage;
using Cove.KeyService.Access;
using Cove.KeyService.Api;
using Cove.KeyService.Audit;

namespace Cove.KeyService.Secrets;

/// <summary>A secret with all its versions as one blob that only a service with the same master key can read, and back.</summary>
internal sealed class SecretBackup(SecretStore store, AuditLog audit, MasterKey master, SecretBundles bundles)
{
    private const int MaximumVersions = 50;
    private readonly SealedBackup<StoredSecret> _backup = new(master, "backup/secret");

    /// <summary>POST /secrets/{name}/backup.</summary>
    public async Task BackUpAsync(KeyCall call, string name)
    {
        call.Require(DataAction.BackUpSecret, RoleScope.Everything);
        var versions = store.Versions(name, "", MaximumVersions + 1);
        if (versions.Count == 0) throw SecretErrors.NotFound(name);
        if (versions.Count > MaximumVersions) throw KeyErrors.BadParameter($"Secret {name} has more than {MaximumVersions} versions.");
        await audit.AppendAsync(new("secret-backup", name, call.Caller.Subject, call.RequestId, []), call.Aborted);
        await call.AnswerAsync(_backup.Write(versions));
    }

    /// <summary>POST /secrets/restore.</summary>
    public async Task RestoreAsync(KeyCall call)
    {
        call.Require(DataAction.RestoreSecret, RoleScope.Everything);
        var versions = await _backup.ReadAsync(call);
        var newest = await store.RestoreAsync(versions, new AuditEntry("secret-restore", versions[0].Name, call.Caller.Subject, call.RequestId, []), call.Aborted);
        await call.AnswerAsync(bundles.Item(newest));
    }
}
