using System.Globalization;
using System.Numerics;
using Cove.Rego.Values;

namespace Cove.Rego.Certificates;

/// <summary>Certificates and requests as values, in the form that the field's own library gives them: its names, numbers for enumerations, base64 for bytes.</summary>
internal static class X509Json
{
    /// <summary>A certificate.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="withUriTexts">Whether its URIs are also given as plain texts.</param>
    public static RegoObject Write(X509Certificate certificate, bool withUriTexts)
    {
        var values = certificate.Values;
        var json = new ObjectBuilder(64);
        Put(json, "Raw", Bytes(certificate.Der));
        Put(json, "RawTBSCertificate", Bytes(certificate.Signed));
        Put(json, "RawSubjectPublicKeyInfo", Bytes(certificate.PublicKey.Der));
        Put(json, "RawSubject", Bytes(certificate.Subject.Der));
        Put(json, "RawIssuer", Bytes(certificate.Issuer.Der));
        PutSigned(json, certificate.Signature, certificate.Algorithm, certificate.PublicKey, certificate.Version, certificate.Subject);
        Put(json, "SerialNumber", RegoValue.Of(certificate.SerialNumber));
        Put(json, "Issuer", Name(certificate.Issuer));
        Put(json, "NotBefore", Time(certificate.NotBefore));
        Put(json, "NotAfter", Time(certificate.NotAfter));
        Put(json, "KeyUsage", RegoValue.Of(values.KeyUsage));
        Put(json, "ExtKeyUsage", List(values.ExtendedUsages, static u => RegoValue.Of(u)));
        Put(json, "UnknownExtKeyUsage", List(values.UnknownUsages, Oid));
        Put(json, "BasicConstraintsValid", RegoValue.Of(values.HasBasicConstraints));
        Put(json, "IsCA", RegoValue.Of(values.IsAuthority));
        Put(json, "MaxPathLen", RegoValue.Of(values.MaxPathLength));
        Put(json, "MaxPathLenZero", RegoValue.Of(values.HasBasicConstraints && values.MaxPathLength == 0));
        Put(json, "SubjectKeyId", Bytes(values.SubjectKeyId));
        Put(json, "AuthorityKeyId", Bytes(values.AuthorityKeyId));
        Put(json, "OCSPServer", Texts(values.OcspServers));
        Put(json, "IssuingCertificateURL", Texts(values.IssuerUrls));
        Put(json, "CRLDistributionPoints", Texts(values.RevocationPoints));
        Put(json, "UnhandledCriticalExtensions", List(values.Unhandled, Oid));
        PutExtensions(json, certificate.Extensions, values.Names);
        PutConstraints(json, values.Constraints);
        PutPolicies(json, values);
        if (withUriTexts) Put(json, "URIStrings", Texts(values.Names.Uris));
        return json.Build();
    }

    /// <summary>A certification request.</summary>
    public static RegoObject Write(X509Request request)
    {
        var json = new ObjectBuilder(20);
        Put(json, "Raw", Bytes(request.Der));
        Put(json, "RawTBSCertificateRequest", Bytes(request.Signed));
        Put(json, "RawSubjectPublicKeyInfo", Bytes(request.PublicKey.Der));
        Put(json, "RawSubject", Bytes(request.Subject.Der));
        PutSigned(json, request.Signature, request.Algorithm, request.PublicKey, request.Version, request.Subject);
        Put(json, "Attributes", RegoValue.Null);
        PutExtensions(json, request.Extensions, request.Names);
        return json.Build();
    }

    public static RegoValue Bytes(byte[]? bytes) => bytes is null ? RegoValue.Null : new RegoString(Convert.ToBase64String(bytes));

    private static void Put(ObjectBuilder json, string name, RegoValue value) => json.Set(new RegoString(name), value);

    private static void PutSigned(ObjectBuilder json, byte[] signature, X509SignatureAlgorithm algorithm, X509PublicKey key, int version, X509Name subject)
    {
        Put(json, "Signature", Bytes(signature));
        Put(json, "SignatureAlgorithm", RegoValue.Of(algorithm.Number));
        Put(json, "PublicKeyAlgorithm", RegoValue.Of((int)key.Kind));
        Put(json, "PublicKey", Key(key));
        Put(json, "Version", RegoValue.Of(version));
        Put(json, "Subject", Name(subject));
    }

    private static void PutExtensions(ObjectBuilder json, List<X509Extension> extensions, X509AlternativeNames names)
    {
        Put(json, "Extensions", List(extensions, static e => RegoObject.Of(("Id", Oid(e.Id)), ("Critical", RegoValue.Of(e.IsCritical)), ("Value", Bytes(e.Value)))));
        Put(json, "ExtraExtensions", RegoValue.Null);
        Put(json, "DNSNames", Texts(names.DnsNames));
        Put(json, "EmailAddresses", Texts(names.Emails));
        Put(json, "IPAddresses", List(names.Addresses, static a => new RegoString(X509AlternativeNames.Text(a))));
        Put(json, "URIs", List(names.Uris, Url));
    }

    private static void PutConstraints(ObjectBuilder json, X509NameConstraints constraints)
    {
        Put(json, "PermittedDNSDomainsCritical", RegoValue.Of(constraints.IsCritical));
        foreach (var (prefix, names) in (ReadOnlySpan<(string, X509AlternativeNames)>)[("Permitted", constraints.Permitted), ("Excluded", constraints.Excluded)])
        {
            Put(json, prefix + "DNSDomains", Texts(names.DnsNames));
            Put(json, prefix + "EmailAddresses", Texts(names.Emails));
            Put(json, prefix + "URIDomains", Texts(names.Uris));
            Put(json, prefix + "IPRanges", List(names.Addresses, Range));
        }
    }

    private static void PutPolicies(ObjectBuilder json, X509ExtensionValues values)
    {
        Put(json, "PolicyIdentifiers", List(values.Policies, Oid));
        Put(json, "Policies", Texts(values.Policies));
        Put(json, "PolicyMappings", List(values.PolicyMappings, static m => RegoObject.Of(("IssuerDomainPolicy", new RegoString(m.Issuer)), ("SubjectDomainPolicy", new RegoString(m.Subject)))));
        foreach (var (name, count) in (ReadOnlySpan<(string, int?)>)[("RequireExplicitPolicy", values.RequireExplicitPolicy), ("InhibitPolicyMapping", values.InhibitPolicyMapping), ("InhibitAnyPolicy", values.InhibitAnyPolicy)])
        {
            Put(json, name, RegoValue.Of(count ?? 0));
            Put(json, name + "Zero", RegoValue.Of(count == 0));
        }
    }

    private static RegoObject Range(byte[] range)
    {
        var half = range.Length / 2;
        return RegoObject.Of(("IP", new RegoString(X509AlternativeNames.Text(range[..half]))), ("Mask", Bytes(range[half..])));
    }

    private static RegoValue List<T>(List<T> items, Func<T, RegoValue> write) => items.Count == 0 ? RegoValue.Null : new RegoArray([.. items.Select(write)]);

    private static RegoValue Texts(List<string> texts) => List(texts, static t => new RegoString(ByteText.Sanitize(t)));

    private static RegoArray Oid(string oid) => new([.. oid.Split('.').Select(static part => RegoValue.Of(BigInteger.Parse(part, CultureInfo.InvariantCulture)))]);

    private static RegoString Time(DateTimeOffset time) => new(time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));

    private static RegoValue Key(X509PublicKey key) => key.Kind switch
    {
        X509KeyKind.Rsa => RegoObject.Of(("N", RegoValue.Of(key.Modulus)), ("E", RegoValue.Of(key.Exponent))),
        X509KeyKind.Ecdsa => RegoObject.Of(("Curve", RegoObject.Empty), ("X", RegoValue.Of(key.X)), ("Y", RegoValue.Of(key.Y))),
        X509KeyKind.Ed25519 => Bytes(key.Raw),
        _ => RegoValue.Null,
    };

    private static RegoObject Name(X509Name name)
    {
        RegoValue All(string type) => Texts([.. name.All(type)]);
        RegoValue Last(string type) => new RegoString(ByteText.Sanitize(name.All(type).LastOrDefault() ?? ""));
        return RegoObject.Of(
            ("Country", All("2.5.4.6")), ("Organization", All("2.5.4.10")), ("OrganizationalUnit", All("2.5.4.11")), ("Locality", All("2.5.4.7")),
            ("Province", All("2.5.4.8")), ("StreetAddress", All("2.5.4.9")), ("PostalCode", All("2.5.4.17")), ("SerialNumber", Last("2.5.4.5")),
            ("CommonName", Last("2.5.4.3")), ("ExtraNames", RegoValue.Null),
            ("Names", List([.. name.Attributes], static a => RegoObject.Of(("Type", Oid(a.Type)), ("Value", new RegoString(ByteText.Sanitize(a.Value)))))));
    }

    private static RegoObject Url(string text)
    {
        var parts = Builtins.GoUrl.Parse(text);
        return RegoObject.Of(
            ("Scheme", RegoValue.Of(parts.Scheme)), ("Opaque", RegoValue.Of(parts.Opaque)), ("User", parts.HasUser ? RegoObject.Empty : RegoValue.Null),
            ("Host", RegoValue.Of(parts.Host)), ("Path", RegoValue.Of(parts.Path)), ("RawPath", RegoValue.Of(parts.RawPath)), ("OmitHost", RegoValue.False),
            ("ForceQuery", RegoValue.False), ("RawQuery", RegoValue.Of(parts.Query)), ("Fragment", RegoValue.Of(parts.Fragment)), ("RawFragment", RegoValue.Of("")));
    }
}
