using System.Security.Cryptography;
using System.Text;
using Cove.Volumes.Ciphers;

namespace Cove.Volumes.Luks;

/// <summary>Makes the first 16 MiB of a LUKS2 image, as cryptsetup lays them out: two headers, then key slots, then data.</summary>
public static class LuksFormatter
{
    /// <summary>Where the data begins, in bytes.</summary>
    public const int DataOffset = 16 * 1024 * 1024;

    private const int HeaderLength = 16 * 1024;
    private const int FirstArea = 2 * HeaderLength;
    private const int AreaAlignment = 4096;
    private const int KeyLength = 64;
    private const int Stripes = 4000;
    private const int Iterations = 1000;
    private const int SaltLength = 32;
    private const int MaximumLabel = 47;
    private const string Hash = "sha256";

    /// <summary>Makes a volume key, and the bytes in front of the data that keep it under this pass phrase.</summary>
    /// <param name="passphrase">The pass phrase of the only key slot.</param>
    /// <param name="options">How.</param>
    /// <param name="start">The first <see cref="DataOffset"/> bytes of the image.</param>
    /// <returns>The volume key, to write the data with.</returns>
    /// <exception cref="ArgumentException">The label is too long, or the sector size is none.</exception>
    public static VolumeKey Create(ReadOnlySpan<byte> passphrase, LuksOptions options, out byte[] start)
    {
        if (Encoding.UTF8.GetByteCount(options.Label) > MaximumLabel) throw new ArgumentException($"a label is at most {MaximumLabel} bytes", nameof(options));
        if (options.SectorSize is not (512 or 1024 or 2048 or 4096)) throw new ArgumentException("a sector is 512, 1024, 2048 or 4096 bytes", nameof(options));
        var key = RandomNumberGenerator.GetBytes(KeyLength);
        var segment = new LuksSegment(0, "crypt", DataOffset, null, 0, LuksHeader.Cipher, options.SectorSize, Integrity: false);
        var derivation = options.Derivation ?? new LuksKeyDerivation.Pbkdf2(Hash, Iterations) { Salt = RandomNumberGenerator.GetBytes(SaltLength) };
        var slot = new LuksKeySlot(0, KeyLength, Stripes, Hash, FirstArea, AlignedArea(), LuksHeader.Cipher, KeyLength, derivation);
        start = new byte[DataOffset];
        WriteArea(slot, key, passphrase, start);
        var header = new LuksBinaryHeader
        {
            Sequence = 1,
            Label = options.Label,
            Uuid = Guid.NewGuid().ToString(),
            Subsystem = "",
            Json = LuksMetadataWriter.Write(slot, segment, Digest(key), HeaderLength - LuksBinaryHeader.FixedLength, DataOffset - FirstArea),
            Length = HeaderLength,
        };
        header.Write(second: false).CopyTo(start, 0);
        header.Write(second: true).CopyTo(start, HeaderLength);
        return new VolumeKey(key, segment, keySlot: null);
    }

    private static int AlignedArea() => ((KeyLength * Stripes) + AreaAlignment - 1) / AreaAlignment * AreaAlignment;

    private static LuksDigest Digest(ReadOnlySpan<byte> key)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltLength);
        return new LuksDigest([0], [0], Hash, Iterations, salt, Rfc2898DeriveBytes.Pbkdf2(key, salt, Iterations, LuksHash.Of(Hash), SHA256.HashSizeInBytes));
    }

    private static void WriteArea(LuksKeySlot slot, ReadOnlySpan<byte> key, ReadOnlySpan<byte> passphrase, byte[] start)
    {
        var area = start.AsSpan((int)slot.AreaOffset, LuksKeySlotReader.AreaLength(slot));
        AntiForensicSplitter.Split(key, area[..(slot.KeyBytes * slot.Stripes)], slot.SplitHash);
        var areaKey = new byte[slot.AreaKeyBytes];
        slot.Derivation!.Derive(passphrase, areaKey);
        using (var cipher = new XtsCipher(areaKey, XtsCipher.SectorUnit)) cipher.Encrypt(area, 0);
        CryptographicOperations.ZeroMemory(areaKey);
    }
}
