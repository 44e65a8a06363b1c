using System.Security.Cryptography;
using Cove.Outcomes;
using Cove.Volumes.Ciphers;
using Cove.Volumes.Stores;

namespace Cove.Volumes.Luks;

/// <summary>Opens one key slot.</summary>
internal static class LuksKeySlotReader
{
    /// <summary>The volume key, or null where the pass phrase is not this slot's.</summary>
    public static async Task<byte[]?> OpenAsync(IVolumeStore image, LuksKeySlot slot, LuksDigest digest, ReadOnlyMemory<byte> passphrase, CancellationToken cancellation)
    {
        var length = AreaLength(slot);
        if (length > slot.AreaBytes || slot.AreaOffset > image.Length - length)
            throw new MalformedException(LuksHeader.Format, $"keyslots[{slot.Id}].area", $"is {slot.AreaBytes} bytes from {slot.AreaOffset}, too few for its stripes");
        var area = new byte[length];
        await image.ReadAsync(slot.AreaOffset, area, cancellation);

        // Pinned, so that the collector leaves no copies behind.
        var areaKey = GC.AllocateArray<byte>(slot.AreaKeyBytes, pinned: true);
        var key = GC.AllocateArray<byte>(slot.KeyBytes, pinned: true);
        try
        {
            await Task.Run(() => slot.Derivation!.Derive(passphrase.Span, areaKey), cancellation);
            using (var cipher = new XtsCipher(areaKey, XtsCipher.SectorUnit)) cipher.Decrypt(area, 0);
            AntiForensicSplitter.Merge(area.AsSpan(0, slot.KeyBytes * slot.Stripes), key, slot.SplitHash);
            if (digest.IsOf(key)) return key;
            CryptographicOperations.ZeroMemory(key);
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(areaKey);
            CryptographicOperations.ZeroMemory(area);
        }
    }

    /// <summary>Bytes of the stripes, in whole sectors.</summary>
    public static int AreaLength(LuksKeySlot slot) => ((slot.KeyBytes * slot.Stripes) + XtsCipher.SectorUnit - 1) / XtsCipher.SectorUnit * XtsCipher.SectorUnit;
}
