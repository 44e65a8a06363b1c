using System.Security.Cryptography;
using System.Text;
using Cove.Hosting.CommandLine;
using Cove.Hosting.Storage.Pkcs11;
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

    private const string EnvironmentPrefix = "env://";
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
    public static MasterKey Load(string source)
        => source.StartsWith(EnvironmentPrefix, StringComparison.Ordinal) ? FromEnvironment(source[EnvironmentPrefix.Length..]) : FromFile(source);

    /// <summary>Reads the key as <see cref="Load"/> does, or has it opened by a token (a <c>pkcs11:</c> URI, RFC 7512).</summary>
    /// <param name="source">The file, the variable or the URI.</param>
    /// <param name="keep">Keeps the data key as the token sealed it, unless one is kept already, and gives the one that is.</param>
    /// <exception cref="UsageException">As for <see cref="Load"/>; or the module, the token, its PIN or its key is not right.</exception>
    /// <exception cref="UnavailableException">The token fails.</exception>
    public static async Task<MasterKey> OpenAsync(string source, Func<byte[], Task<byte[]>> keep)
        => Pkcs11Uri.IsOne(source) ? new(await Pkcs11MasterKey.OpenAsync(source, keep)) : Load(source);

    private static MasterKey FromEnvironment(string name)
    {
        var hint = $"{name}=$(head -c {Length} /dev/urandom | base64)";
        var text = Environment.GetEnvironmentVariable(name) ?? throw new UsageException($"the master key's variable {name} is not set", hint);
        var key = new byte[Length];
        if (Convert.TryFromBase64String(text, key, out var length) && length == Length) return new(key);
        CryptographicOperations.ZeroMemory(key);
        throw new UsageException($"the master key's variable {name} is not base64 of {Length} bytes", hint);
    }

    private static MasterKey FromFile(string file)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != UnixFileMode.None)
                throw new UsageException($"the master key {file} is open to others", $"chmod 600 {file}");
            using var stream = File.OpenRead(file);
            if (stream.Length != Length)
                throw new UsageException($"the master key {file} is {stream.Length} bytes, expected {Length}",
                    $"head -c {Length} /dev/urandom > FILE; chmod 600 FILE");
            var key = new byte[Length];
            stream.ReadExactly(key);
            return new(key);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"the master key {file} cannot be read: {e.Message}", $"head -c {Length} /dev/urandom > FILE; chmod 600 FILE");
        }
    }

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
