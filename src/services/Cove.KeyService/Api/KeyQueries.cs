using Cove.KeyService.Access;
using Cove.KeyService.Storage;
using Cove.Keys.Vault;

namespace Cove.KeyService.Api;

/// <summary>Reading keys, their lists and their versions.</summary>
internal sealed class KeyQueries(KeyStore store, KeyBundles bundles)
{
    private string Base => bundles.Vault.GetLeftPart(UriPartial.Authority);

    /// <summary>GET /keys/{name}/{version?}.</summary>
    public Task GetAsync(KeyCall call, KeyId id)
    {
        call.Require(DataAction.ReadKey, id.Name);
        return call.AnswerAsync(bundles.Bundle(store.Find(id) ?? throw KeyErrors.NotFound(id)));
    }

    /// <summary>GET /keys.</summary>
    public Task ListAsync(KeyCall call)
    {
        call.Require(DataAction.ReadKey, RoleScope.Keys);
        var page = Paging.Of(call);
        var keys = store.List(page.After, page.Most + 1);
        return call.AnswerAsync(bundles.Page(keys.Take(page.Most), false, page.Next(call, $"{Base}/keys", keys, k => k.Id.Name)));
    }

    /// <summary>GET /keys/{name}/versions.</summary>
    public Task VersionsAsync(KeyCall call, string name)
    {
        call.Require(DataAction.ReadKey, name);
        var page = Paging.Of(call);
        var keys = store.Versions(name, page.After, page.Most + 1);
        return call.AnswerAsync(bundles.Page(keys.Take(page.Most), true, page.Next(call, $"{Base}/keys/{name}/versions", keys, k => k.Id.Version!)));
    }

    /// <summary>GET /deletedkeys.</summary>
    public Task ListDeletedAsync(KeyCall call)
    {
        call.Require(DataAction.ReadDeletedKey, RoleScope.Keys);
        var page = Paging.Of(call);
        var keys = store.ListDeleted(page.After, page.Most + 1);
        return call.AnswerAsync(bundles.Page(keys.Take(page.Most), page.Next(call, $"{Base}/deletedkeys", keys, k => k.Key.Id.Name)));
    }

    /// <summary>GET /deletedkeys/{name}.</summary>
    public Task GetDeletedAsync(KeyCall call, string name)
    {
        call.Require(DataAction.ReadDeletedKey, name);
        return call.AnswerAsync(bundles.Bundle(store.FindDeleted(name) ?? throw KeyErrors.DeletedNotFound(name)));
    }
}
