using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cove.Outcomes;

namespace Cove.Formats.Certificates;

/// <summary>
/// A small certificate authority for development. It may certify only the names given at its birth (a critical name constraint), so that
/// trusting it on a machine endangers no other name; it signs no further authorities.
/// </summary>
public sealed class CertificateAuthority : IDisposable
{
    private const int ServerKeyBits = 2048;
    private const int SerialLength = 16;
    private static readonly TimeSpan Backdate = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AuthorityLifetime = TimeSpan.FromDays(5 * 365);
    private static readonly TimeSpan ServerLifetime = TimeSpan.FromDays(397);

    private CertificateAuthority(X509Certificate2 certificate) => Certificate = certificate;

    /// <summary>The authority's own certificate, with its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Makes an authority with a fresh P-256 key, valid for five years.</summary>
    /// <param name="name">Its common name.</param>
    /// <param name="permittedDnsNames">Names it may certify, each with everything below it, e.g. <c>localhost</c>. Loopback addresses are
    /// always permitted.</param>
    /// <param name="now">The time of birth.</param>
    public static CertificateAuthority Create(string name, IReadOnlyList<string> permittedDnsNames, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(CommonName(name), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        request.CertificateExtensions.Add(NameConstraints(permittedDnsNames));
        return new(request.CreateSelfSigned(now - Backdate, now + AuthorityLifetime));
    }

    /// <summary>Reads an authority back.</summary>
    /// <param name="certificatePem">Its certificate.</param>
    /// <param name="keyPem">Its private key, unencrypted PKCS#8.</param>
    /// <exception cref="MalformedException">Not a certificate of an authority, or not its key.</exception>
    public static CertificateAuthority Load(ReadOnlySpan<char> certificatePem, ReadOnlySpan<char> keyPem)
    {
        try
        {
            var certificate = X509Certificate2.CreateFromPem(certificatePem, keyPem);
            using var key = certificate.GetECDsaPrivateKey();
            if (key is not null && certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(e => e.CertificateAuthority))
                return new(certificate);
            certificate.Dispose();
        }
        catch (CryptographicException e)
        {
            throw new MalformedException("certificate authority", "PEM", "is not a certificate with its key", inner: e);
        }

        throw new MalformedException("certificate authority", "basicConstraints", "does not say CA, or the key is not ECDSA");
    }

    /// <summary>Issues a server certificate with a fresh RSA-2048 key (a released key's JWS is signed RS256 with it), valid for 397 days.</summary>
    /// <param name="commonName">The subject.</param>
    /// <param name="dnsNames">DNS names it is for.</param>
    /// <param name="addresses">IP addresses it is for.</param>
    /// <param name="now">The time of issue.</param>
    public IssuedCertificate IssueServer(string commonName, IReadOnlyList<string> dnsNames, IReadOnlyList<IPAddress> addresses, DateTimeOffset now)
    {
        using var key = RSA.Create(ServerKeyBits);
        var request = new CertificateRequest(CommonName(commonName), key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, false));
        var names = new SubjectAlternativeNameBuilder();
        foreach (var dns in dnsNames) names.AddDnsName(dns);
        foreach (var address in addresses) names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());

        var serial = RandomNumberGenerator.GetBytes(SerialLength);
        serial[0] &= 0x7F;
        serial[0] |= 0x40;
        var end = now + ServerLifetime;
        var lastDay = new DateTimeOffset(Certificate.NotAfter);
        // The authority's key is of another algorithm than the request's, so its signature is made here.
        using var authorityKey = Certificate.GetECDsaPrivateKey()!;
        using var signed = request.Create(Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(authorityKey), now - Backdate,
            end < lastDay ? end : lastDay, serial);
        return new(signed.CopyWithPrivateKey(key), Certificate);
    }

    /// <summary>Disposes the key.</summary>
    public void Dispose() => Certificate.Dispose();

    private static X500DistinguishedName CommonName(string name)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName(name);
        return builder.Build();
    }

    /// <summary>RFC 5280 section 4.2.1.10: permitted subtrees of the DNS names and of the loopback addresses, critical.</summary>
    private static X509Extension NameConstraints(IReadOnlyList<string> dnsNames)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        var permitted = new Asn1Tag(TagClass.ContextSpecific, 0, true);
        var dns = new Asn1Tag(TagClass.ContextSpecific, 2);
        var ip = new Asn1Tag(TagClass.ContextSpecific, 7);
        using (writer.PushSequence())
        using (writer.PushSequence(permitted))
        {
            foreach (var name in dnsNames)
                using (writer.PushSequence()) writer.WriteCharacterString(UniversalTagNumber.IA5String, name, dns);
            using (writer.PushSequence()) writer.WriteOctetString([127, 0, 0, 0, 255, 0, 0, 0], ip);
            using (writer.PushSequence())
                writer.WriteOctetString([.. IPAddress.IPv6Loopback.GetAddressBytes(), .. Enumerable.Repeat((byte)255, 16)], ip);
        }

        return new("2.5.29.30", writer.Encode(), critical: true);
    }
}
