using System.Security.Cryptography;
using System.Text;
using Cove.Hosting.CommandLine;
using Cove.Hosting.Storage.Pkcs11;
using Cove.Hosting.Storage.Sealing;
using Cove.Outcomes;

namespace Cove.Hosting.Storage;

/// <summary>
/// Seals secrets at rest: AES-256-GCM under a key derived for each row (HKDF-SHA256, fresh salt), the row's identity as additional data.
/// A sealed value moved to another row, or changed by one bit, does not open.
/// </summary>
public sealed class MasterKey : IDisposable
{
    /// <summary>Bytes in the file.</summary>
    public const int Length = 32;

    private const byte FormatVersion = 1;
    private const int SaltLength = 16;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int HeaderLength = 1 + SaltLength + NonceLength + TagLength;
    private readonly byte[] _key;

    private MasterKey(byte[] key) => _key = key;

    /// <summary>Reads the key: exactly 32 bytes, in a file that only its owner may read, or in base64 in an environment variable (<c>env://NAME</c>), which the
    /// process and whoever may look into it can read for as long as it runs.</summary>
    /// <exception cref="UsageException">The file is missing, of another length, or open to others; the variable is not set or no such key.</exception>
    public static MasterKey Load(string source) => new(MasterKeySource.Read(source));

    /// <summary>Reads the key as <see cref="Load"/> does, or has it opened by a token (a <c>pkcs11:</c> URI, RFC 7512) or by the secure processor of the guest that
    /// this process runs in (<c>snp:FILE</c>; <c>simulated-snp:FILE</c> for development).</summary>
    /// <param name="source">The file, the variable, the URI or the sealed file.</param>
    /// <param name="sealWhat">Where a sealed file is named and not there yet: the key to be sealed in it, <c>new</c> for a random one; null to seal none.</param>
    /// <param name="keep">Keeps the data key as the token sealed it, unless one is kept already, and gives the one that is.</param>
    /// <exception cref="UsageException">As for <see cref="Load"/>; or the module, the token, its PIN or its key is not right; or the sealed file is not this guest's.</exception>
    /// <exception cref="UnavailableException">The token or the processor fails.</exception>
    public static async Task<MasterKey> OpenAsync(string source, string? sealWhat, Func<byte[], Task<byte[]>> keep)
    {
        if (SealedKeySource.IsOne(source)) return new(await SealedMasterKey.OpenAsync(SealedKeySource.Parse(source), sealWhat));
        if (sealWhat is not null) throw new UsageException("--seal-master-key is given, and the master key is not a sealed one", "--master-key snp:FILE --seal-master-key SOURCE");
        return Pkcs11Uri.IsOne(source) ? new(await Pkcs11MasterKey.OpenAsync(source, keep)) : Load(source);
    }

    /// <summary>Whether this source is sealed to a simulated processor, so that whoever runs the simulation can open it too.</summary>
    public static bool IsSimulated(string source) => SealedKeySource.IsOne(source) && SealedKeySource.Parse(source).IsSimulated;

    /// <summary>Seals a secret for one place.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="place">What it belongs to, e.g. table, name and version.</param>
    public byte[] Seal(ReadOnlySpan<byte> secret, string place)
    {
        var sealedBytes = new byte[HeaderLength + secret.Length];
        sealedBytes[0] = FormatVersion;
        RandomNumberGenerator.Fill(sealedBytes.AsSpan(1, SaltLength + NonceLength));
        using var aes = Cipher(sealedBytes, place, out var nonce, out var tag, out var ciphertext);
        aes.Encrypt(nonce, secret, ciphertext, tag, Encoding.UTF8.GetBytes(place));
        return sealedBytes;
    }

    /// <summary>Opens a sealed secret. The caller zeroes it.</summary>
    /// <exception cref="MalformedException">It was sealed for another place, under another key, or was changed.</exception>
    public byte[] Open(ReadOnlySpan<byte> sealedBytes, string place)
    {
        if (sealedBytes.Length < HeaderLength || sealedBytes[0] != FormatVersion)
            throw new MalformedException("sealed secret", "format", $"is not version {FormatVersion}");
        var copy = sealedBytes.ToArray();
        var secret = new byte[copy.Length - HeaderLength];
        try
        {
            using var aes = Cipher(copy, place, out var nonce, out var tag, out var ciphertext);
            aes.Decrypt(nonce, ciphertext, tag, secret, Encoding.UTF8.GetBytes(place));
            return secret;
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new MalformedException("sealed secret", place, "does not open under this master key", inner: e);
        }
    }

    /// <summary>Zeroes the key.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_key);

    private AesGcm Cipher(byte[] sealedBytes, string place, out Span<byte> nonce, out Span<byte> tag, out Span<byte> ciphertext)
    {
        nonce = sealedBytes.AsSpan(1 + SaltLength, NonceLength);
        tag = sealedBytes.AsSpan(1 + SaltLength + NonceLength, TagLength);
        ciphertext = sealedBytes.AsSpan(HeaderLength);
        Span<byte> rowKey = stackalloc byte[Length];
        try
        {
            HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, rowKey, sealedBytes.AsSpan(1, SaltLength), Encoding.UTF8.GetBytes(place));
            return new AesGcm(rowKey, TagLength);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(rowKey);
        }
    }
}
