using Cove.Outcomes;

namespace Cove.Volumes.Luks;

/// <summary>What a well-formed volume can ask for that is not supported, named one by one.</summary>
internal static class LuksSupport
{
    public static List<Finding> Missing(LuksMetadata metadata)
    {
        var missing = new List<Finding>();
        foreach (var requirement in metadata.Requirements) missing.Add(Unsupported("config.requirements", "none", requirement, "LUKS2 section 3.5"));
        if (metadata.Segments.Count != 1)
        {
            missing.Add(Unsupported("segments", "one", $"{metadata.Segments.Count}", "LUKS2 section 3.3"));
            return missing;
        }

        var segment = metadata.Segments[0];
        if (segment.Type != "crypt") missing.Add(Unsupported("segments[0].type", "crypt", segment.Type, "LUKS2 section 3.3"));
        else if (segment.Cipher != LuksHeader.Cipher) missing.Add(Unsupported("segments[0].encryption", LuksHeader.Cipher, segment.Cipher, "LUKS2 section 3.3"));
        if (segment.Integrity) missing.Add(Unsupported("segments[0].integrity", "none: dm-integrity is not supported", "integrity tags", "LUKS2 section 3.3"));
        if (segment.Type == "crypt" && !int.IsPow2(segment.SectorSize))
            missing.Add(Unsupported("segments[0].sector_size", "a power of two", $"{segment.SectorSize}", "LUKS2 section 3.3"));
        if (!metadata.KeySlots.Any(IsUsable))
            missing.Add(Unsupported("keyslots", $"one with {LuksHeader.Cipher} and PBKDF2 or Argon2id", $"{metadata.KeySlots.Count} others", "LUKS2 section 3.2"));
        return missing;
    }

    public static bool IsUsable(LuksKeySlot slot) =>
        slot.Derivation is not null && slot.AreaCipher == LuksHeader.Cipher && slot.KeyBytes is 32 or 64 && slot.AreaKeyBytes is 32 or 64 && LuksHash.IsSupported(slot.SplitHash);

    private static Finding Unsupported(string field, string expected, string actual, string section) =>
        new("volume-feature-unsupported", field, expected, actual, section);
}
