using System.Security.Cryptography;
using Cove.Formats.Files;
using Cove.Hosting.CommandLine;
using Cove.Outcomes;
using Cove.Protocol.SecureProcessor;

namespace Cove.Hosting.Storage.Sealing;

/// <summary>
/// A master key that only one guest can open: AES-256-GCM under a wrapping key that HKDF-SHA256 makes of a key which the secure processor derives for this
/// guest. The disk it is kept on needs no trust.
/// </summary>
internal static class SealedMasterKey
{
    /// <summary>In place of a key's source: make one at random, of which there is no copy.</summary>
    public const string Fresh = "new";

    /// <summary>The key; the caller zeroes it.</summary>
    /// <param name="source">The sealed key and the processor.</param>
    /// <param name="sealWhat">Where there is no sealed key yet: what to seal, <see cref="Fresh"/> or a key as <see cref="MasterKeySource.Read"/> finds it. Null to seal nothing.</param>
    /// <exception cref="UsageException">There is no sealed key; or it is not one, was changed, or is another guest's.</exception>
    /// <exception cref="UnavailableException">The processor cannot be asked.</exception>
    public static async Task<byte[]> OpenAsync(SealedKeySource source, string? sealWhat)
    {
        try
        {
            var processor = source.Connect();
            if (!File.Exists(source.File)) await SealAsync(source, processor, sealWhat);
            // Also what was sealed just now: what does not open is found out before anything is sealed under it.
            return await UnsealAsync(source, processor);
        }
        catch (MalformedException e)
        {
            throw new UsageException($"the sealed master key {source.File}: {e.Message}", "restore the file that was sealed");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"the sealed master key {source.File} cannot be used: {e.Message}", "give a file in a folder that the service may use");
        }
    }

    private static async Task SealAsync(SealedKeySource source, ISealingProcessor processor, string? sealWhat)
    {
        if (sealWhat is null)
            throw new UsageException($"the sealed master key {source.File} is not there", $"restore it; or have a key sealed: --seal-master-key FILE|env://NAME, or --seal-master-key {Fresh} for one of which there is no copy");
        var launch = await LaunchIdentity.AskAsync(processor);
        var key = sealWhat == Fresh ? GC.AllocateUninitializedArray<byte>(MasterKey.Length, pinned: true) : MasterKeySource.Read(sealWhat);
        try
        {
            if (sealWhat == Fresh) RandomNumberGenerator.Fill(key);
            var file = new SealedKeyFile(source.Processor, launch, RandomNumberGenerator.GetBytes(SealedKeyFile.SaltLength), RandomNumberGenerator.GetBytes(SealedKeyFile.NonceLength), new byte[MasterKey.Length + SealedKeyFile.TagLength]);
            using var aes = await CipherAsync(file, processor, source);
            aes.Encrypt(file.Nonce, key, file.Sealed.AsSpan(0, MasterKey.Length), file.Sealed.AsSpan(MasterKey.Length), file.Context());
            WholeFile.TryCreate(source.File, file.Encode(), WholeFile.OwnerOnly);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static async Task<byte[]> UnsealAsync(SealedKeySource source, ISealingProcessor processor)
    {
        const string hint = "run what sealed it, where it was sealed; or move the file away and seal your copy of the key anew, with --seal-master-key";
        var file = SealedKeyFile.Parse(await File.ReadAllBytesAsync(source.File));
        if (file.Processor != source.Processor)
            throw new UsageException($"the sealed master key {source.File} is for {file.Processor}; --master-key says {source.Processor}", hint);
        if ((await LaunchIdentity.AskAsync(processor)).DifferenceFrom(file.Launch) is { } difference) throw new UsageException($"the sealed master key {source.File} does not open here: {difference}", hint);
        var key = GC.AllocateUninitializedArray<byte>(MasterKey.Length, pinned: true);
        using var aes = await CipherAsync(file, processor, source);
        try
        {
            aes.Decrypt(file.Nonce, file.Sealed.AsSpan(0, MasterKey.Length), file.Sealed.AsSpan(MasterKey.Length), key, file.Context());
            return key;
        }
        catch (AuthenticationTagMismatchException)
        {
            CryptographicOperations.ZeroMemory(key);
            throw new UsageException($"the sealed master key {source.File} does not open: it was changed, or this guest is not the one it says", hint);
        }
    }

    private static async Task<AesGcm> CipherAsync(SealedKeyFile file, ISealingProcessor processor, SealedKeySource source)
    {
        using var derived = await processor.DeriveKeyAsync(file.Request);
        if (derived.Status == ReportResponse.InvalidParameters)
            throw new UsageException($"the processor derives no key for the TCB {file.Launch.CommittedTcb:x16} of {source.File}: its firmware is older", "bring the host's firmware to what it was when the key was sealed");
        if (derived.Status != ReportResponse.Success) throw new UnavailableException(processor.Path, $"it derives no key: status 0x{derived.Status:x}");
        var wrapping = GC.AllocateUninitializedArray<byte>(MasterKey.Length, pinned: true);
        try
        {
            HKDF.DeriveKey(HashAlgorithmName.SHA256, derived.Key.Span, wrapping, file.Salt, file.Context());
            return new AesGcm(wrapping, SealedKeyFile.TagLength);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(wrapping);
        }
    }
}
