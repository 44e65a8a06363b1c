namespace Cove.Volumes.Luks;

/// <summary>Where the data is, and how it is encrypted (LUKS2 specification section 3.3).</summary>
/// <param name="Id">Its number.</param>
/// <param name="Type"><c>crypt</c> for encrypted data.</param>
/// <param name="Offset">Where it begins in the image, in bytes.</param>
/// <param name="Size">Its bytes; null where it is the rest of the image.</param>
/// <param name="FirstTweak">The number of its first sector, in units of 512 bytes.</param>
/// <param name="Cipher">E.g. <c>aes-xts-plain64</c>.</param>
/// <param name="SectorSize">Bytes of a sector.</param>
/// <param name="Integrity">Whether its sectors carry integrity tags, which only dm-integrity can check.</param>
public sealed record LuksSegment(int Id, string Type, long Offset, long? Size, ulong FirstTweak, string Cipher, int SectorSize, bool Integrity);
