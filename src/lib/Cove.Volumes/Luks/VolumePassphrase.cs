using System.Security.Cryptography;
using System.Text;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Volumes.Luks;

/// <summary>
/// The 32 bytes that open a volume, made of an owner's key: a symmetric key as it is, or derived of an RSA key (HKDF-SHA256, RFC 5869) by its private
/// exponent without leading zeros, as the reference's tool for key import derives them. Disposing zeroes them.
/// </summary>
public sealed class VolumePassphrase : IDisposable
{
    /// <summary>Bytes of a pass phrase.</summary>
    public const int Length = 32;

    /// <summary>The label of a derivation that names none.</summary>
    public const string DefaultLabel = "Symmetric Encryption Key";

    private const string Format = "volume key";
    private readonly byte[] bytes;

    private VolumePassphrase(byte[] owned) => bytes = owned;

    /// <summary>The pass phrase; zero after disposal.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>Makes the pass phrase of a private key.</summary>
    /// <param name="key">An <c>oct</c> key of 32 bytes, or an RSA key.</param>
    /// <param name="salt">For an RSA key: hexadecimal salt; may be empty.</param>
    /// <param name="label">For an RSA key: the label; empty for the default.</param>
    /// <exception cref="MalformedException">The key is of another kind or length, or the salt is not hexadecimal.</exception>
    public static VolumePassphrase Of(Jwk key, string salt, string label) => key switch
    {
        OctJwk { Key.Length: Length } oct => new VolumePassphrase(oct.Key.ToArray()),
        OctJwk oct => throw new MalformedException(Format, "k", $"is {oct.Key.Length} bytes, expected {Length}"),
        RsaJwk { HasPrivateKey: true } rsa => Derive(rsa, salt, label),
        _ => throw new MalformedException(Format, "kty", $"is {key.KeyType}, expected oct or a private RSA key"),
    };

    /// <summary>Zeroes the pass phrase.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(bytes);

    private static VolumePassphrase Derive(RsaJwk key, string salt, string label)
    {
        byte[] saltBytes;
        try
        {
            saltBytes = Convert.FromHexString(salt);
        }
        catch (FormatException e)
        {
            throw new MalformedException(Format, "salt", "is not hexadecimal", inner: e);
        }

        using var rsa = key.CreateRsa();
        var numbers = rsa.ExportParameters(includePrivateParameters: true);
        var derived = new byte[Length];
        try
        {
            // The platform pads the exponent to the length of the modulus; the reference takes the number's own bytes.
            var exponent = numbers.D.AsSpan().TrimStart((byte)0);
            HKDF.DeriveKey(HashAlgorithmName.SHA256, exponent, derived, saltBytes, Encoding.UTF8.GetBytes(label.Length > 0 ? label : DefaultLabel));
            return new VolumePassphrase(derived);
        }
        finally
        {
            foreach (var number in new[] { numbers.D, numbers.P, numbers.Q, numbers.DP, numbers.DQ, numbers.InverseQ }) CryptographicOperations.ZeroMemory(number);
        }
    }
}
