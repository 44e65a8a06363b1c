namespace Cove.Volumes.Ciphers;

/// <summary>AES-XTS under one key over whole sectors. Several threads may use one at once.</summary>
internal interface IXtsEngine : IDisposable
{
    /// <summary>Encrypts or decrypts.</summary>
    /// <param name="source">Whole sectors.</param>
    /// <param name="result">Of the same length: the same memory, or memory that does not overlap.</param>
    /// <param name="sector">The number of the first, in units of <see cref="XtsCipher.SectorUnit"/> bytes.</param>
    /// <param name="sectorSize">Bytes of a sector.</param>
    /// <param name="encrypt">Otherwise decrypts.</param>
    void Run(ReadOnlySpan<byte> source, Span<byte> result, ulong sector, int sectorSize, bool encrypt);
}
