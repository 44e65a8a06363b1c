using Cove.Hosting.Errors;
using Cove.KeyService.Storage;
using Cove.Keys.ReleasePolicy;
using Cove.Keys.Vault;
using Cove.Outcomes;

namespace Cove.KeyService.Api;

/// <summary>What a request may say about attributes, tags and the release policy.</summary>
internal static class KeyRules
{
    private const string DefaultContentType = "application/json; charset=utf-8";
    private const int MaximumTags = 15;
    private const int MaximumTagLength = 256;

    /// <summary>The attributes of a new version.</summary>
    public static KeyAttributes NewAttributes(RequestJson? attributes, DateTimeOffset now) => InOrder(new()
    {
        Created = now,
        Updated = now,
        Enabled = attributes?.Flag("enabled") ?? true,
        Exportable = attributes?.Flag("exportable") ?? false,
        NotBefore = attributes?.Time("nbf"),
        Expires = attributes?.Time("exp"),
        RecoverableDays = KeyStore.RecoverableDays,
    });

    /// <summary>The attributes after a change; what the request does not name stays.</summary>
    public static KeyAttributes Changed(KeyAttributes old, RequestJson? attributes, DateTimeOffset now)
    {
        if (attributes?.Flag("exportable") is { } exportable && exportable != old.Exportable) throw KeyErrors.ExportableIsFixed();
        return InOrder(old with
        {
            Updated = now,
            Enabled = attributes?.Flag("enabled") ?? old.Enabled,
            NotBefore = attributes?.Time("nbf") ?? old.NotBefore,
            Expires = attributes?.Time("exp") ?? old.Expires,
        });
    }

    /// <summary>The request's policy, parsed and normalised; null where it has none.</summary>
    /// <exception cref="ServiceException">400: it does not follow the grammar.</exception>
    public static StoredPolicy? Policy(RequestJson? policy, VaultDialect dialect)
    {
        if (policy is not { } given) return null;
        var data = given.Bytes("data") ?? throw KeyErrors.BadParameter("release_policy.data is required.");
        try
        {
            return new(KeyReleasePolicy.Parse(data).ToJson(dialect.Release), given.Flag("immutable") ?? false,
                given.Text("contentType") ?? DefaultContentType);
        }
        catch (MalformedException e)
        {
            throw KeyErrors.BadParameter(e.Message);
        }
    }

    /// <summary>The policy after a change.</summary>
    public static StoredPolicy? ChangedPolicy(StoredPolicy? old, RequestJson? policy, KeyId id, VaultDialect dialect)
    {
        if (policy is null) return old;
        if (id.Version is not null) throw KeyErrors.PolicyIsForTheWholeKey();
        if (old is { Immutable: true }) throw KeyErrors.PolicyIsImmutable();
        return Policy(policy, dialect);
    }

    /// <summary>Exportable if and only if there is a policy, and only of an HSM type where the dialect distinguishes them.</summary>
    public static void CheckExportable(KeyAttributes attributes, StoredPolicy? policy, string keyType, VaultDialect dialect)
    {
        if (attributes.Exportable && policy is null) throw KeyErrors.ExportableNeedsPolicy(dialect);
        if (!attributes.Exportable && policy is not null) throw KeyErrors.PolicyNeedsExportable(dialect);
        if (attributes.Exportable && !keyType.EndsWith("-HSM", StringComparison.Ordinal)) throw KeyErrors.ExportableNeedsHsm();
    }

    public static IReadOnlyDictionary<string, string>? Tags(IReadOnlyDictionary<string, string>? tags)
        => tags is null || (tags.Count <= MaximumTags && tags.All(t => t.Key.Length <= MaximumTagLength && t.Value.Length <= MaximumTagLength))
            ? tags
            : throw KeyErrors.BadParameter($"tags are at most {MaximumTags}, names and values at most {MaximumTagLength} characters.");

    private static KeyAttributes InOrder(KeyAttributes attributes)
        => attributes.NotBefore > attributes.Expires ? throw KeyErrors.BadParameter("attributes.nbf is after attributes.exp.") : attributes;
}
