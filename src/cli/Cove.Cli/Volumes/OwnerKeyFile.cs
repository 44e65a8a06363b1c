using System.Security.Cryptography;
using Cove.Cli.Vault;
using Cove.Formats.Certificates;
using Cove.Formats.Jose;

namespace Cove.Cli.Volumes;

/// <summary>The key of a volume as its owner has it: 32 bytes, a JWK, or PEM.</summary>
internal static class OwnerKeyFile
{
    private const int MaximumFile = 64 * 1024;
    private const int RawLength = 32;

    /// <summary>Reads the key; the caller disposes it.</summary>
    public static async Task<Jwk> ReadAsync(Invocation call, string from, CancellationToken cancellation)
    {
        var secret = await call.ReadSecret(from, MaximumFile, cancellation);
        try
        {
            return secret.Length == RawLength ? OctJwk.FromBytes(secret) : PrivateKeyFile.Parse(secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Makes a random symmetric key and writes it as a JWK that only its owner can read; the caller disposes it.</summary>
    public static Jwk Create(string path)
    {
        if (File.Exists(path)) throw CommandFailedException.Usage("key-exists", $"a key is there already and would be lost, {path}", "give it with --key, or name another file");
        var random = RandomNumberGenerator.GetBytes(RawLength);
        var key = OctJwk.FromBytes(random);
        CryptographicOperations.ZeroMemory(random);
        var json = key.ToJson(includePrivate: true);
        PrivateFile.Write(path, json);
        CryptographicOperations.ZeroMemory(json);
        return key;
    }
}
