namespace Cove.Volumes.Ciphers;

/// <summary>AES-XTS under one key over whole sectors. Several threads may use one at once.</summary>
internal interface IXtsEngine : IDisposable
{
    /// <summary>Encrypts or decrypts in place.</summary>
    /// <param name="data">Whole sectors.</param>
    /// <param name="sector">The number of the first, in units of <see cref="XtsCipher.SectorUnit"/> bytes.</param>
    /// <param name="sectorSize">Bytes of a sector.</param>
    /// <param name="encrypt">Otherwise decrypts.</param>
    void Run(Span<byte> data, ulong sector, int sectorSize, bool encrypt);
}
