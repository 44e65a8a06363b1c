using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cove.Formats.Der;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Attestation.Maa.Policies;

/// <summary>
/// What an owner sends to change a policy or who may sign policies: a JWT, unsigned (<c>alg</c> <c>none</c>) or signed by the key of the
/// certificate in its header. A signature holds; whose it is, it does not say.
/// </summary>
internal sealed class OwnerJws
{
    private OwnerJws(ReadOnlyMemory<byte> payload, Certificate? certificate, Jwk? key) => (Payload, SignerCertificate, SignerKey) = (payload, certificate, key);

    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>The certificate of the key that signed; null where nobody did.</summary>
    public Certificate? SignerCertificate { get; }

    /// <summary>That key, with the chain as it was given.</summary>
    public Jwk? SignerKey { get; }

    /// <exception cref="MalformedException">It is no such JWT, or its signature does not hold.</exception>
    public static OwnerJws Parse(string text, string format)
    {
        var jws = CompactJws.Parse(text);
        if (jws.Header.Algorithm == "none")
            return text.EndsWith('.') ? new OwnerJws(jws.UnverifiedPayload, null, null) : throw new MalformedException(format, "signature", "is there although alg is none");
        if (jws.Header.CertificateChain is not [var leaf, ..] chain) throw new MalformedException(format, "x5c", "is missing: what is signed carries its signer's certificate");
        var certificate = Certificate.Parse(leaf);
        var key = KeyOf(certificate, chain, format);
        return jws.Verify(key).IsAccepted(out _, out var findings)
            ? new OwnerJws(jws.UnverifiedPayload, certificate, key)
            : throw new MalformedException(format, "signature", $"does not hold: {findings[0]}");
    }

    private static Jwk KeyOf(Certificate certificate, IReadOnlyList<byte[]> chain, string format)
    {
        const string ellipticCurve = "1.2.840.10045.2.1";
        var info = certificate.SubjectPublicKeyInfo.Span;
        try
        {
            if (PublicKey.CreateFromSubjectPublicKeyInfo(info, out _).Oid.Value == ellipticCurve)
            {
                using var ecdsa = ECDsa.Create();
                ecdsa.ImportSubjectPublicKeyInfo(info, out _);
                return EcJwk.FromEcdsa(ecdsa, includePrivate: false, certificateChain: chain);
            }

            using var rsa = RSA.Create();
            rsa.ImportSubjectPublicKeyInfo(info, out _);
            return RsaJwk.FromRsa(rsa, includePrivate: false, certificateChain: chain);
        }
        catch (CryptographicException bad)
        {
            throw new MalformedException(format, "x5c", "is the certificate of neither an RSA nor an elliptic-curve key", inner: bad);
        }
    }
}
