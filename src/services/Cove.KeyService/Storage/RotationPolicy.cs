using System.Xml;
using Cove.Keys.Vault;

namespace Cove.KeyService.Storage;

/// <summary>How long a key's versions live, and what is to happen before they end.</summary>
internal sealed record RotationPolicy(IReadOnlyList<RotationAction> Actions, string? ExpiryTime, DateTimeOffset Created, DateTimeOffset Updated)
{
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromDays(7);

    /// <summary>When a version is to be followed by the next one; null for never.</summary>
    public DateTimeOffset? RotatesAt(KeyAttributes version)
    {
        var at = Actions.Where(a => a.IsRotation).Select(a => a.TimeAfterCreate is { } after ? version.Created + XmlConvert.ToTimeSpan(after)
            : version.Expires - XmlConvert.ToTimeSpan(a.TimeBeforeExpiry!)).Min();
        // Whatever a policy says: a key that rotates at every look is a mistake.
        return at < version.Created + ShortestInterval ? version.Created + ShortestInterval : at;
    }

    /// <summary>What a key has that was given none.</summary>
    public static RotationPolicy Default(DateTimeOffset created) => new([new("Notify", null, "P30D")], null, created, created);
}
