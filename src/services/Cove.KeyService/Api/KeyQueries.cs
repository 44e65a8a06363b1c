using System.Globalization;
using System.Text;
using Cove.Formats.Jose;
using Cove.KeyService.Access;
using Cove.KeyService.Storage;
using Cove.Keys.Vault;

namespace Cove.KeyService.Api;

/// <summary>Reading keys, their lists and their versions.</summary>
internal sealed class KeyQueries(KeyStore store, KeyBundles bundles)
{
    private const int DefaultPage = 25;

    /// <summary>GET /keys/{name}/{version?}.</summary>
    public Task GetAsync(KeyCall call, KeyId id)
    {
        call.Caller.Require(Permission.Read);
        return call.AnswerAsync(bundles.Bundle(store.Find(id) ?? throw KeyErrors.NotFound(id)));
    }

    /// <summary>GET /keys.</summary>
    public Task ListAsync(KeyCall call)
    {
        call.Caller.Require(Permission.Read);
        var (after, most) = Paging(call);
        var keys = store.List(after, most + 1);
        return call.AnswerAsync(bundles.Page(keys.Take(most), false, keys.Count > most ? Next(call, "keys", most, keys[most - 1].Id.Name) : null));
    }

    /// <summary>GET /keys/{name}/versions.</summary>
    public Task VersionsAsync(KeyCall call, string name)
    {
        call.Caller.Require(Permission.Read);
        var (after, most) = Paging(call);
        var keys = store.Versions(name, after, most + 1);
        return call.AnswerAsync(bundles.Page(keys.Take(most), true, keys.Count > most ? Next(call, $"keys/{name}/versions", most, keys[most - 1].Id.Version!) : null));
    }

    /// <summary>GET /deletedkeys.</summary>
    public Task ListDeletedAsync(KeyCall call)
    {
        call.Caller.Require(Permission.Read);
        var (after, most) = Paging(call);
        var keys = store.ListDeleted(after, most + 1);
        return call.AnswerAsync(bundles.Page(keys.Take(most), keys.Count > most ? Next(call, "deletedkeys", most, keys[most - 1].Key.Id.Name) : null));
    }

    /// <summary>GET /deletedkeys/{name}.</summary>
    public Task GetDeletedAsync(KeyCall call, string name)
    {
        call.Caller.Require(Permission.Read);
        return call.AnswerAsync(bundles.Bundle(store.FindDeleted(name) ?? throw KeyErrors.DeletedNotFound(name)));
    }

    private static (string After, int Most) Paging(KeyCall call)
    {
        var most = DefaultPage;
        if (call.Query("maxresults") is { } text && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out most) || most is < 1 or > DefaultPage))
            throw KeyErrors.BadParameter($"maxresults is {text}, expected 1 to {DefaultPage}.");
        if (call.Query("$skiptoken") is not { } token) return ("", most);
        return Base64Url.TryDecode(token, out var after) ? (Encoding.UTF8.GetString(after), most) : throw KeyErrors.BadParameter("$skiptoken is not one of ours.");
    }

    private string Next(KeyCall call, string path, int most, string last)
        => $"{bundles.Vault.GetLeftPart(UriPartial.Authority)}/{path}?api-version={call.ApiVersion}&$skiptoken={Base64Url.Encode(Encoding.UTF8.GetBytes(last))}&maxresults={most}";
}
