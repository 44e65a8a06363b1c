using System.Security.Cryptography;
using Cove.Volumes.Ciphers;
using Cove.Volumes.Stores;

namespace Cove.Volumes.Luks;

/// <summary>
/// The key that a volume's data is encrypted under, and where that data is. It comes only out of a key slot that opened, or of a volume that was just made.
/// Disposing zeroes it.
/// </summary>
public sealed class VolumeKey : IDisposable
{
    private readonly byte[] key;

    internal VolumeKey(byte[] owned, LuksSegment segment, int? keySlot) => (key, Segment, KeySlot) = (owned, segment, keySlot);

    /// <summary>The data.</summary>
    public LuksSegment Segment { get; }

    /// <summary>The key slot that opened; null for a volume that was just made.</summary>
    public int? KeySlot { get; }

    /// <summary>The decrypted view of an image; the caller disposes it, and it disposes the image.</summary>
    /// <exception cref="Cove.Outcomes.MalformedException">The image ends before its data does, or in the middle of a sector.</exception>
    public LuksStore Open(IVolumeStore image) => new(image, Segment, new XtsCipher(key, Segment.SectorSize));

    /// <summary>The key itself, 32 or 64 bytes, for a kernel that decrypts: valid until this is disposed, and to be copied nowhere else.</summary>
    public ReadOnlySpan<byte> Bytes => key;

    /// <summary>Zeroes the key.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(key);
}
