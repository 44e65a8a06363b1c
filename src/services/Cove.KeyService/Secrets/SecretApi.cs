using System.Security.Cryptography;
using System.Text;
using Cove.Hosting.Storage;
using Cove.KeyService.Access;
using Cove.KeyService.Api;
using Cove.KeyService.Audit;
using Cove.KeyService.Storage;
using Cove.Keys.Vault;

namespace Cove.KeyService.Secrets;

/// <summary>Secrets: values that their owner may read back. What only an attested workload shall have is a key with a release policy
/// instead.</summary>
internal sealed class SecretApi(SecretStore store, MasterKey master, SecretBundles bundles, TimeProvider clock)
{
    private const int MaximumBody = 128 * 1024;
    private const int MaximumValueLength = 25 * 1024;

    /// <summary>PUT /secrets/{name}.</summary>
    public async Task SetAsync(KeyCall call, string name)
    {
        call.Require(DataAction.SetSecret, RoleScope.Everything);
        var bytes = await call.ReadAsync(MaximumBody);
        using var body = RequestJson.Parse(bytes, MaximumBody);
        var request = new RequestJson(body.RootElement);
        var value = Encoding.UTF8.GetBytes(request.RequiredText("value"));
        try
        {
            if (value.Length > MaximumValueLength) throw KeyErrors.BadParameter($"value is {value.Length} bytes, at most {MaximumValueLength}.");
            var id = KeyCreation.NewVersion(name);
            var attributes = KeyRules.NewAttributes(request.Object("attributes"), Now());
            var secret = new StoredSecret
            {
                Name = name,
                Version = id.Version!,
                SealedValue = [],
                ContentType = request.Text("contentType"),
                Enabled = attributes.Enabled,
                Created = attributes.Created,
                Updated = attributes.Updated,
                NotBefore = attributes.NotBefore,
                Expires = attributes.Expires,
                Tags = KeyRules.Tags(request.Map("tags")),
            };
            secret = secret with { SealedValue = master.Seal(value, secret.Place) };
            await store.AddAsync(secret, Entry(call, "secret-set", id.ToString()), call.Aborted);
            await call.AnswerAsync(bundles.Bundle(secret, value));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(value);
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>GET /secrets/{name}/{version?}.</summary>
    public async Task GetAsync(KeyCall call, string name, string? version)
    {
        call.Require(DataAction.GetSecret, RoleScope.Everything);
        var secret = store.Find(name, version) ?? throw SecretErrors.NotFound(name);
        if (!secret.Enabled) throw SecretErrors.Disabled(name);
        var value = master.Open(secret.SealedValue, secret.Place);
        try
        {
            await call.AnswerAsync(bundles.Bundle(secret, value));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(value);
        }
    }

    /// <summary>PATCH /secrets/{name}/{version?}.</summary>
    public async Task UpdateAsync(KeyCall call, string name, string? version)
    {
        call.Require(DataAction.UpdateSecret, RoleScope.Everything);
        using var body = RequestJson.Parse(await call.ReadAsync(MaximumBody), MaximumBody);
        var request = new RequestJson(body.RootElement);
        var changed = await store.UpdateAsync(name, version, old => Change(old, request), Entry(call, "secret-update", name), call.Aborted);
        await call.AnswerAsync(bundles.Item(changed));
    }

    /// <summary>DELETE /secrets/{name}.</summary>
    public async Task DeleteAsync(KeyCall call, string name)
    {
        call.Require(DataAction.DeleteSecret, RoleScope.Everything);
        await call.AnswerAsync(bundles.Deleted(await store.DeleteAsync(name, Entry(call, "secret-delete", name), call.Aborted)));
    }

    /// <summary>POST /deletedsecrets/{name}/recover.</summary>
    public async Task RecoverAsync(KeyCall call, string name)
    {
        call.Require(DataAction.RecoverSecret, RoleScope.Everything);
        await call.AnswerAsync(bundles.Item(await store.RecoverAsync(name, Entry(call, "secret-recover", name), call.Aborted)));
    }

    /// <summary>DELETE /deletedsecrets/{name}.</summary>
    public async Task PurgeAsync(KeyCall call, string name)
    {
        call.Require(DataAction.PurgeSecret, RoleScope.Everything);
        await store.PurgeAsync(name, Entry(call, "secret-purge", name), call.Aborted);
        await call.AnswerAsync([], StatusCodes.Status204NoContent);
    }

    /// <summary>GET /secrets: without the values.</summary>
    public Task ListAsync(KeyCall call)
    {
        call.Require(DataAction.ListSecrets, RoleScope.Everything);
        var page = Paging.Of(call);
        var secrets = store.List(page.After, page.Most + 1);
        return call.AnswerAsync(bundles.Page(secrets.Take(page.Most), false, page.Next(call, $"{bundles.Base}/secrets", secrets, s => s.Name)));
    }

    /// <summary>GET /secrets/{name}/versions: without the values.</summary>
    public Task VersionsAsync(KeyCall call, string name)
    {
        call.Require(DataAction.ListSecrets, RoleScope.Everything);
        var page = Paging.Of(call);
        var secrets = store.Versions(name, page.After, page.Most + 1);
        return call.AnswerAsync(bundles.Page(secrets.Take(page.Most), true,
            page.Next(call, $"{bundles.Base}/secrets/{name}/versions", secrets, s => s.Version)));
    }

    /// <summary>GET /deletedsecrets.</summary>
    public Task ListDeletedAsync(KeyCall call)
    {
        call.Require(DataAction.ListSecrets, RoleScope.Everything);
        var page = Paging.Of(call);
        var secrets = store.ListDeleted(page.After, page.Most + 1);
        return call.AnswerAsync(bundles.Page(secrets.Take(page.Most),
            page.Next(call, $"{bundles.Base}/deletedsecrets", secrets, s => s.Secret.Name)));
    }

    /// <summary>GET /deletedsecrets/{name}.</summary>
    public Task GetDeletedAsync(KeyCall call, string name)
    {
        call.Require(DataAction.ListSecrets, RoleScope.Everything);
        return call.AnswerAsync(bundles.Deleted(store.FindDeleted(name) ?? throw SecretErrors.DeletedNotFound(name)));
    }

    private StoredSecret Change(StoredSecret old, RequestJson request)
    {
        var attributes = KeyRules.Changed(
            new KeyAttributes { Created = old.Created, Updated = old.Updated, Enabled = old.Enabled, NotBefore = old.NotBefore,
                Expires = old.Expires },
            request.Object("attributes"),
            Now());
        return old with
        {
            Updated = attributes.Updated,
            Enabled = attributes.Enabled,
            NotBefore = attributes.NotBefore,
            Expires = attributes.Expires,
            ContentType = request.Text("contentType") ?? old.ContentType,
            Tags = KeyRules.Tags(request.Map("tags")) ?? old.Tags,
        };
    }

    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds());

    private static AuditEntry Entry(KeyCall call, string operation, string id) => new(operation, id, call.Caller.Subject, call.RequestId, []);
}
