using System.Security.Cryptography;
using System.Text;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Cli.Vault;

/// <summary>A private key as owners have it in a file: JWK or PEM.</summary>
internal static class PrivateKeyFile
{
    private const string Format = "private key";

    /// <exception cref="MalformedException">It is neither, or it holds no private key.</exception>
    public static Jwk Parse(byte[] file)
    {
        var key = file.AsSpan().TrimStart(" \t\r\n"u8) is [(byte)'{', ..] ? Jwk.Parse(file) : ParsePem(file);
        if (key.HasPrivateKey) return key;
        key.Dispose();
        throw new MalformedException(Format, "d", "is missing: this is a public key");
    }

    private static Jwk ParsePem(byte[] file)
    {
        var text = new char[Encoding.UTF8.GetCharCount(file)];
        try
        {
            Encoding.UTF8.GetChars(file, text);
            if (!PemEncoding.TryFind(text, out var found)) throw new MalformedException(Format, "file", "is neither a JWK nor PEM");
            var label = text.AsSpan(found.Label);
            if (label is "ENCRYPTED PRIVATE KEY") throw new MalformedException(Format, "PEM", "is protected by a password; decrypt it first: openssl pkey -in FILE");
            return label switch
            {
                "RSA PRIVATE KEY" => Rsa(text),
                "EC PRIVATE KEY" => Ec(text),
                "PRIVATE KEY" => Pkcs8(text),
                _ => throw new MalformedException(Format, "PEM", $"holds a {label}, expected a PRIVATE KEY"),
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(text.AsSpan()));
        }
    }

    private static Jwk Pkcs8(char[] text)
    {
        try
        {
            return Rsa(text);
        }
        catch (MalformedException)
        {
            return Ec(text); // the label does not say which; what is neither fails here
        }
    }

    private static RsaJwk Rsa(char[] text)
    {
        using var rsa = RSA.Create();
        Import(rsa, text);
        return RsaJwk.FromRsa(rsa, includePrivate: true);
    }

    private static EcJwk Ec(char[] text)
    {
        using var ec = ECDsa.Create();
        Import(ec, text);
        return EcJwk.FromEcdsa(ec, includePrivate: true);
    }

    private static void Import(AsymmetricAlgorithm key, char[] text)
    {
        try
        {
            key.ImportFromPem(text);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new MalformedException(Format, "PEM", "is not a private key of RSA or of a NIST curve", inner: e);
        }
    }
}
