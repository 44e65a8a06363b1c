namespace Cove.Volumes.Luks;

/// <summary>What the JSON area of a header says.</summary>
internal sealed record LuksMetadata
{
    public required IReadOnlyList<LuksKeySlot> KeySlots { get; init; }

    public required IReadOnlyList<LuksSegment> Segments { get; init; }

    public required IReadOnlyList<LuksDigest> Digests { get; init; }

    /// <summary>What a reader must understand beyond the format; none is understood here.</summary>
    public required IReadOnlyList<string> Requirements { get; init; }

    public required long KeySlotsBytes { get; init; }
}
