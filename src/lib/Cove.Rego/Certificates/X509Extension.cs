using System.Formats.Asn1;

namespace Cove.Rego.Certificates;

/// <summary>An extension as it stands in a certificate or a request (RFC 5280 §4.2).</summary>
internal sealed record X509Extension(string Id, bool IsCritical, byte[] Value)
{
    /// <summary>A sequence of extensions.</summary>
    public static List<X509Extension> ReadAll(AsnReader sequence)
    {
        var extensions = new List<X509Extension>();
        while (sequence.HasData)
        {
            var extension = sequence.ReadSequence();
            var id = extension.ReadObjectIdentifier();
            var critical = extension.HasData && extension.PeekTag() == Asn1Tag.Boolean && extension.ReadBoolean();
            extensions.Add(new X509Extension(id, critical, extension.ReadOctetString()));
            extension.ThrowIfNotEmpty();
        }

        return extensions;
    }

    public AsnReader Read() => new(Value, AsnEncodingRules.DER);
}
