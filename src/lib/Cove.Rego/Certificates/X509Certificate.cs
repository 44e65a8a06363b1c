using System.Formats.Asn1;
using System.Numerics;

namespace Cove.Rego.Certificates;

/// <summary>A certificate as read (RFC 5280 §4.1): what it says, with nothing verified.</summary>
internal sealed class X509Certificate
{
    private const int MostExtensions = 1000;

    private X509Certificate()
    {
    }

    public required byte[] Der { get; init; }

    public required byte[] Signed { get; init; }

    public required byte[] Signature { get; init; }

    public required X509SignatureAlgorithm Algorithm { get; init; }

    public required int Version { get; init; }

    public required BigInteger SerialNumber { get; init; }

    public required X509Name Issuer { get; init; }

    public required X509Name Subject { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    public required X509PublicKey PublicKey { get; init; }

    public required List<X509Extension> Extensions { get; init; }

    /// <summary>What the extensions mean.</summary>
    public required X509ExtensionValues Values { get; init; }

    /// <summary>Reads certificates that follow one another.</summary>
    /// <exception cref="X509Exception">One of them is malformed.</exception>
    public static List<X509Certificate> ReadAll(byte[] der)
    {
        var certificates = new List<X509Certificate>();
        try
        {
            var reader = new AsnReader(der, AsnEncodingRules.DER);
            while (reader.HasData) certificates.Add(Read(reader));
        }
        catch (AsnContentException error)
        {
            throw new X509Exception("x509: malformed certificate", error);
        }

        return certificates;
    }

    private static X509Certificate Read(AsnReader reader)
    {
        var der = reader.PeekEncodedValue().ToArray();
        var outer = reader.ReadSequence();
        var signed = outer.PeekEncodedValue().ToArray();
        var body = outer.ReadSequence();
        var algorithm = X509SignatureAlgorithm.Read(outer);
        var signature = outer.ReadBitString(out _);
        outer.ThrowIfNotEmpty();
        var version = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
        var number = body.PeekTag() == version ? (int)body.ReadSequence(version).ReadInteger() : 0;
        if (number is < 0 or > 2) throw new X509Exception("x509: invalid version");
        var serial = body.ReadInteger();
        X509SignatureAlgorithm.Read(body);
        var issuer = X509Name.Read(body);
        var validity = body.ReadSequence();
        var (from, to) = (Time(validity), Time(validity));
        var subject = X509Name.Read(body);
        var key = X509PublicKey.Read(body);
        var extensions = ReadExtensions(body);
        return new X509Certificate
        {
            Der = der, Signed = signed, Signature = signature, Algorithm = algorithm, Version = number + 1, SerialNumber = serial, Issuer = issuer,
            Subject = subject, NotBefore = from, NotAfter = to, PublicKey = key, Extensions = extensions, Values = X509ExtensionValues.Read(extensions),
        };
    }

    private static List<X509Extension> ReadExtensions(AsnReader body)
    {
        var tag = new Asn1Tag(TagClass.ContextSpecific, 3, isConstructed: true);
        while (body.HasData)
        {
            if (body.PeekTag() != tag)
            {
                body.ReadEncodedValue();
                continue;
            }

            var extensions = X509Extension.ReadAll(body.ReadSequence(tag).ReadSequence());
            if (extensions.Count > MostExtensions || extensions.DistinctBy(static e => e.Id).Count() < extensions.Count)
                throw new X509Exception("x509: certificate contains duplicate extensions");
            return extensions;
        }

        return [];
    }

    private static DateTimeOffset Time(AsnReader reader) =>
        reader.PeekTag().TagValue == (int)UniversalTagNumber.UtcTime ? reader.ReadUtcTime(2049) : reader.ReadGeneralizedTime();
}
