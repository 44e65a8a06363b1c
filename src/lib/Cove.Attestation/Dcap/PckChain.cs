using Cove.Formats.Der;

namespace Cove.Attestation.Dcap;

/// <summary>A PCK certificate, its issuer and the root, with what was already verified under them.</summary>
internal sealed class PckChain(PckCertificate pck, Certificate issuer, Certificate root)
{
    private volatile QuotingEnclave? quotingEnclave;

    public PckCertificate Pck { get; } = pck;

    public Certificate Issuer { get; } = issuer;

    public Certificate Root { get; } = root;

    public P256Key Key { get; } = P256Key.OfSubject(pck.Certificate.SubjectPublicKeyInfo);

    /// <summary>
    /// The quoting enclave that this platform's key last vouched for. A platform makes one attestation key and quotes with it for long, so
    /// the same report comes with every quote.
    /// </summary>
    public QuotingEnclave? QuotingEnclave
    {
        get => quotingEnclave;
        set => quotingEnclave = value;
    }
}
