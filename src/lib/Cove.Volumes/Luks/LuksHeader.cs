using Cove.Outcomes;
using Cove.Volumes.Stores;

namespace Cove.Volumes.Luks;

/// <summary>
/// The header of a LUKS2 image: two copies, of which the newer valid one counts. Its checksum tells damage, not tampering: nothing in a header or in the data
/// is authenticated. See <c>docs/guides/encrypted-volumes.md</c> for what that means.
/// </summary>
public sealed class LuksHeader
{
    internal const string Format = "LUKS2 volume";
    internal const string Cipher = "aes-xts-plain64";

    private readonly LuksMetadata metadata;

    private LuksHeader(LuksBinaryHeader header, LuksMetadata metadata, bool bothCopies)
    {
        this.metadata = metadata;
        (Uuid, Label, Sequence, BothCopiesValid) = (header.Uuid, header.Label, header.Sequence, bothCopies);
    }

    /// <summary>The volume's own identifier.</summary>
    public string Uuid { get; }

    /// <summary>Its label; may be empty.</summary>
    public string Label { get; }

    /// <summary>How often the header was changed.</summary>
    public long Sequence { get; }

    /// <summary>False where one of the two copies is damaged.</summary>
    public bool BothCopiesValid { get; }

    /// <summary>The key slots in use.</summary>
    public IReadOnlyList<LuksKeySlot> KeySlots => metadata.KeySlots;

    /// <summary>The data.</summary>
    public IReadOnlyList<LuksSegment> Segments => metadata.Segments;

    /// <summary>Reads the header of an image.</summary>
    /// <exception cref="MalformedException">Neither copy is a valid LUKS2 header.</exception>
    /// <exception cref="UnavailableException">The image cannot be read.</exception>
    public static async Task<LuksHeader> ReadAsync(IVolumeStore image, CancellationToken cancellation)
    {
        var (first, problem) = await TryReadAsync(image, 0, second: false, cancellation);
        var second = default(LuksBinaryHeader);
        if (first is not null) (second, _) = await TryReadAsync(image, first.Length, second: true, cancellation);
        for (var at = LuksBinaryHeader.SmallestLength; first is null && second is null && at <= LuksBinaryHeader.LargestLength; at *= 2)
            (second, _) = await TryReadAsync(image, at, second: true, cancellation);
        if (first is null && second is null) throw problem!;
        var newer = second is null || first?.Sequence >= second.Sequence ? first! : second;
        return new LuksHeader(newer, LuksMetadataReader.Read(newer.Json), bothCopies: first is not null && second is not null);
    }

    /// <summary>Opens a key slot with this pass phrase, which for Cove is the key that was released.</summary>
    /// <returns>The volume key; or that the volume asks for what is not supported, or that no key slot opens.</returns>
    /// <exception cref="UnavailableException">The image cannot be read.</exception>
    public async Task<Verdict<VolumeKey>> UnlockAsync(IVolumeStore image, ReadOnlyMemory<byte> passphrase, CancellationToken cancellation)
    {
        if (LuksSupport.Missing(metadata) is { Count: > 0 } missing) return missing;
        var segment = metadata.Segments[0];
        foreach (var slot in metadata.KeySlots.Where(LuksSupport.IsUsable))
        {
            foreach (var digest in metadata.Digests.Where(digest => digest.KeySlots.Contains(slot.Id) && digest.Segments.Contains(segment.Id)))
            {
                if (await LuksKeySlotReader.OpenAsync(image, slot, digest, passphrase, cancellation) is { } key) return new VolumeKey(key, segment, slot.Id);
            }
        }

        return new Finding("volume-key-rejected", "keyslots", "a key that opens one of the key slots", "one that opens none", "LUKS2 section 3.2");
    }

    private static async Task<(LuksBinaryHeader? Header, MalformedException? Problem)> TryReadAsync(
        IVolumeStore image, long offset, bool second, CancellationToken cancellation)
    {
        try
        {
            if (image.Length < offset + LuksBinaryHeader.FixedLength) throw new MalformedException(Format, "header", $"does not fit into {image.Length} bytes");
            var start = new byte[LuksBinaryHeader.FixedLength];
            await image.ReadAsync(offset, start, cancellation);
            var length = LuksBinaryHeader.LengthOf(start, second) ?? throw new MalformedException(Format, "magic", "is not that of LUKS", offset);
            if (image.Length < offset + length) throw new MalformedException(Format, "header", $"does not fit into {image.Length} bytes");
            var whole = new byte[length];
            await image.ReadAsync(offset, whole, cancellation);
            return (LuksBinaryHeader.Parse(whole, second), null);
        }
        catch (MalformedException bad)
        {
            return (null, bad);
        }
    }
}
