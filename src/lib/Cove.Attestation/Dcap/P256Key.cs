using System.Collections.Concurrent;
using System.Security.Cryptography;

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
    private readonly Func<ECDsa> read;

    private P256Key(Func<ECDsa> read) => this.read = read;

    /// <summary>The key of a DER SubjectPublicKeyInfo.</summary>
    public static P256Key OfSubject(ReadOnlyMemory<byte> subjectPublicKeyInfo) => new(() =>
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(subjectPublicKeyInfo.Span, out _);
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    });

    /// <summary>The key with this point, <c>x || y</c>.</summary>
    public static P256Key OfPoint(ReadOnlyMemory<byte> point) => new(() => ECDsa.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = point.Span[..CoordinateSize].ToArray(), Y = point.Span[CoordinateSize..].ToArray() },
    }));

    /// <summary>Whether the key made this signature, <c>r || s</c>, over the data with SHA-256.</summary>
    public bool Verifies(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        try
        {
            if (!idle.TryTake(out var key)) key = read();
            // A key that throws is not put back.
            var verifies = key.KeySize == Bits && key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
            if (idle.Count < MaximumIdle) idle.Add(key);
            else key.Dispose();
            return verifies;
        }
        catch (CryptographicException)
        {
            // Not an EC key, or not a point of the curve: no signature verifies under it.
            return false;
        }
    }
}
