namespace Cove.KeyService.Storage;

/// <summary>How long a key's versions live, and what is to happen before they end.</summary>
internal sealed record RotationPolicy(IReadOnlyList<RotationAction> Actions, string? ExpiryTime, DateTimeOffset Created, DateTimeOffset Updated)
{
    /// <summary>What a key has that was given none.</summary>
    public static RotationPolicy Default(DateTimeOffset created) => new([new("Notify", null, "P30D")], null, created, created);
}
