namespace Cove.Formats.Der;

/// <summary>One extension of an X.509 certificate (RFC 5280 4.2).</summary>
/// <param name="Oid">Its object identifier, dotted.</param>
/// <param name="Critical">Whether a reader that does not know it must refuse the certificate.</param>
/// <param name="Value">The content of its OCTET STRING; for most extensions DER again.</param>
public sealed record CertificateExtension(string Oid, bool Critical, ReadOnlyMemory<byte> Value);
