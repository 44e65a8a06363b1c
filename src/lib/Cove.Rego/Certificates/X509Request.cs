using System.Formats.Asn1;

namespace Cove.Rego.Certificates;

/// <summary>A certification request as read (RFC 2986): its signature is not verified.</summary>
internal sealed class X509Request
{
    private const string ExtensionRequest = "1.2.840.113549.1.9.14";

    private X509Request()
    {
    }

    public required byte[] Der { get; init; }

    public required byte[] Signed { get; init; }

    public required byte[] Signature { get; init; }

    public required X509SignatureAlgorithm Algorithm { get; init; }

    public required int Version { get; init; }

    public required X509Name Subject { get; init; }

    public required X509PublicKey PublicKey { get; init; }

    public required List<X509Extension> Extensions { get; init; }

    public required X509AlternativeNames Names { get; init; }

    /// <exception cref="X509Exception">The bytes are not a request.</exception>
    public static X509Request Read(byte[] der)
    {
        try
        {
            var reader = new AsnReader(der, AsnEncodingRules.DER);
            var outer = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            var signed = outer.PeekEncodedValue().ToArray();
            var body = outer.ReadSequence();
            var algorithm = X509SignatureAlgorithm.Read(outer);
            var signature = outer.ReadBitString(out _);
            outer.ThrowIfNotEmpty();
            var version = (int)body.ReadInteger();
            var subject = X509Name.Read(body);
            var key = X509PublicKey.Read(body);
            var extensions = ReadExtensions(body);
            var names = extensions.Find(static e => e.Id == "2.5.29.17") is { } alternative ? X509AlternativeNames.Read(alternative.Read()) : new X509AlternativeNames();
            return new X509Request
            {
                Der = der, Signed = signed, Signature = signature, Algorithm = algorithm, Version = version, Subject = subject, PublicKey = key,
                Extensions = extensions, Names = names,
            };
        }
        catch (AsnContentException error)
        {
            throw new X509Exception("asn1: structure error: the bytes are not a certificate request", error);
        }
    }

    private static List<X509Extension> ReadExtensions(AsnReader body)
    {
        var tag = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
        if (!body.HasData || body.PeekTag() != tag) return [];
        for (var attributes = body.ReadSetOf(skipSortOrderValidation: true, expectedTag: tag); attributes.HasData;)
        {
            var attribute = attributes.ReadSequence();
            if (attribute.ReadObjectIdentifier() == ExtensionRequest) return X509Extension.ReadAll(attribute.ReadSetOf(skipSortOrderValidation: true).ReadSequence());
        }

        return [];
    }
}
