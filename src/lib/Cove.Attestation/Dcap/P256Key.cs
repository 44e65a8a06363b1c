using System.Collections.Concurrent;
using System.Security.Cryptography;
using Cove.Formats.Der;

namespace Cove.Attestation.Dcap;

/// <summary>
/// A P-256 key ready to verify signatures. Making a key object costs a good part of a verification, and one object may not be used by two
/// threads at once, so idle ones are kept.
/// </summary>
internal sealed class P256Key
{
    private const int Bits = 256;
    private const int CoordinateSize = 32;
    private const int MaximumIdle = 8;
    private readonly ConcurrentBag<ECDsa> idle = [];
    private readonly Func<ECDsa?> read;

    private P256Key(Func<ECDsa?> read) => this.read = read;

    /// <summary>The key of a DER SubjectPublicKeyInfo.</summary>
    public static P256Key OfSubject(ReadOnlyMemory<byte> subjectPublicKeyInfo) => new(() => SubjectPublicKey.ImportEcdsa(subjectPublicKeyInfo.Span));

    /// <summary>The key with this point, <c>x || y</c>.</summary>
    public static P256Key OfPoint(ReadOnlyMemory<byte> point) => new(() => ReadPoint(point.Span));

    /// <summary>Whether the key made this signature, <c>r || s</c>, over the data with SHA-256.</summary>
    public bool Verifies(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        // A key that is no EC key, or no point of its curve, made no signature.
        if (!idle.TryTake(out var key) && (key = read()) is null) return false;
        var verifies = key.KeySize == Bits && key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        if (idle.Count < MaximumIdle) idle.Add(key);
        else key.Dispose();
        return verifies;
    }

    private static ECDsa? ReadPoint(ReadOnlySpan<byte> point)
    {
        try
        {
            return ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = point[..CoordinateSize].ToArray(), Y = point[CoordinateSize..].ToArray() },
            });
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
