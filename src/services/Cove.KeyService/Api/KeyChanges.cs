using Cove.KeyService.Access;
using Cove.KeyService.Audit;
using Cove.KeyService.Storage;
using Cove.Keys.Vault;

namespace Cove.KeyService.Api;

/// <summary>Changing, deleting, recovering and purging keys.</summary>
internal sealed class KeyChanges(KeyStore store, KeyBundles bundles, VaultDialect dialect, TimeProvider clock)
{
    private const int MaximumBody = 128 * 1024;

    /// <summary>PATCH /keys/{name}/{version?}.</summary>
    public async Task UpdateAsync(KeyCall call, KeyId id)
    {
        call.Require(DataAction.WriteKey, id.Name);
        using var body = RequestJson.Parse(await call.ReadAsync(MaximumBody), MaximumBody);
        var request = new RequestJson(body.RootElement);
        var now = DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds());
        var changed = await store.UpdateAsync(id, old => Change(old, id, request, now), Entry(call, "update", id), call.Aborted);
        await call.AnswerAsync(bundles.Bundle(changed));
    }

    /// <summary>DELETE /keys/{name}.</summary>
    public async Task DeleteAsync(KeyCall call, string name)
    {
        call.Require(DataAction.DeleteKey, name);
        var deleted = await store.DeleteAsync(name, Entry(call, "delete", new(name)), call.Aborted);
        await call.AnswerAsync(bundles.Bundle(deleted));
    }

    /// <summary>POST /deletedkeys/{name}/recover.</summary>
    public async Task RecoverAsync(KeyCall call, string name)
    {
        call.Require(DataAction.RecoverKey, name);
        var key = await store.RecoverAsync(name, Entry(call, "recover", new(name)), call.Aborted);
        await call.AnswerAsync(bundles.Bundle(key));
    }

    /// <summary>DELETE /deletedkeys/{name}.</summary>
    public async Task PurgeAsync(KeyCall call, string name)
    {
        call.Require(DataAction.PurgeKey, name);
        await store.PurgeAsync(name, Entry(call, "purge", new(name)), call.Aborted);
        await call.AnswerAsync([], StatusCodes.Status204NoContent);
    }

    private StoredKey Change(StoredKey old, KeyId id, RequestJson request, DateTimeOffset now)
    {
        var changed = old with
        {
            Attributes = KeyRules.Changed(old.Attributes, request.Object("attributes"), now),
            KeyOperations = request.Texts("key_ops") is { } operations ? KeyOperations.Choose(operations, old.KeyType) : old.KeyOperations,
            Tags = KeyRules.Tags(request.Map("tags")) ?? old.Tags,
            Policy = KeyRules.ChangedPolicy(old.Policy, request.Object("release_policy"), id, dialect),
        };
        KeyRules.CheckExportable(changed.Attributes, changed.Policy, changed.KeyType, dialect);
        return changed;
    }

    private static AuditEntry Entry(KeyCall call, string operation, KeyId id)
        => new(operation, id.ToString(), call.Caller.Subject, call.RequestId, []);
}
