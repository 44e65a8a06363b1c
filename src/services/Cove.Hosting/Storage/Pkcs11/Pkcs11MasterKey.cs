using System.Security.Cryptography;
using Cove.Hosting.CommandLine;
using Cove.Outcomes;

namespace Cove.Hosting.Storage.Pkcs11;

/// <summary>
/// A master key that only a token can give: the service's data is sealed under a data key, which the database keeps sealed under the token's key. The token
/// is asked when the service starts; a copy of the database is worth nothing without it.
/// </summary>
internal static class Pkcs11MasterKey
{
    private const byte FormatVersion = 1;
    private const int SealedLength = 1 + IvLength + MasterKey.Length + TagLength;
    private const int IvLength = 12;
    private const int TagLength = 16;

    /// <summary>The data key; the caller zeroes it.</summary>
    /// <param name="source">The PKCS#11 URI.</param>
    /// <param name="keep">Keeps what it is given unless something is kept already, and gives what is.</param>
    /// <exception cref="UsageException">The URI, the module, the PIN or the token's key is not right.</exception>
    /// <exception cref="UnavailableException">The token fails.</exception>
    public static async Task<byte[]> OpenAsync(string source, Func<byte[], Task<byte[]>> keep)
    {
        var uri = Pkcs11Uri.Parse(source);
        using var module = Pkcs11Module.Load(uri.ModulePath);
        using var key = Pkcs11Key.Open(module, uri);
        return Unseal(key, await keep(SealFresh(key)))
            ?? throw new UsageException($"{uri.KeyName} in {uri.TokenName} is not the one that this data is sealed under", "give the token's key that was used before, or another --data folder");
    }

    private static byte[] SealFresh(Pkcs11Key key)
    {
        var fresh = GC.AllocateArray<byte>(MasterKey.Length, pinned: true);
        try
        {
            RandomNumberGenerator.Fill(fresh);
            var iv = RandomNumberGenerator.GetBytes(IvLength);
            return [FormatVersion, .. iv, .. key.Seal(fresh, iv, AdditionalData())];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(fresh);
        }
    }

    private static byte[]? Unseal(Pkcs11Key key, byte[] kept)
    {
        if (kept.Length != SealedLength || kept[0] != FormatVersion) throw new MalformedException("sealed data key", "format", $"is not version {FormatVersion}");
        var opened = key.Unseal(kept[(1 + IvLength)..], kept[1..(1 + IvLength)], AdditionalData());
        return opened is null or { Length: MasterKey.Length } ? opened : throw new MalformedException("sealed data key", "length", $"is {opened.Length} bytes, expected {MasterKey.Length}");
    }

    private static byte[] AdditionalData() => "cove data key 1"u8.ToArray();
}
