using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation.Dcap;

/// <summary>
/// What Intel says about a family of platforms at a time: TCB info, identity of the quoting enclave, revocation lists, and the chains that
/// sign them. All of it is signed, so it may come from anywhere: the service, a cache, a file. Parsing verifies none of it.
/// </summary>
public sealed class DcapCollateral
{
    /// <summary>Largest JSON document, or set of files, that is read, in bytes.</summary>
    public const int MaximumSize = 32 * 1024 * 1024;

    private DcapCollateral(DcapCollateralParts parts)
    {
        Parts = parts;
        PckCrlIssuerChain = CertificatePem.Parse(parts.PckCrlIssuerChain.Span);
        RootCaCrl = CertificateRevocationList.Parse(parts.RootCaCrl.Span);
        PckCrl = CertificateRevocationList.Parse(parts.PckCrl.Span);
        TcbInfoIssuerChain = CertificatePem.Parse(parts.TcbInfoIssuerChain.Span);
        TcbInfo = TcbInfo.Read(parts.TcbInfo);
        QeIdentityIssuerChain = CertificatePem.Parse(parts.QeIdentityIssuerChain.Span);
        QeIdentity = QeIdentity.Read(parts.QeIdentity);
        Fingerprint = parts.Fingerprint();
    }

    /// <summary>The authority that issues PCK certificates and their revocation list, then the root.</summary>
    public IReadOnlyList<Certificate> PckCrlIssuerChain { get; }

    /// <summary>The root's revocation list.</summary>
    public CertificateRevocationList RootCaCrl { get; }

    /// <summary>The revocation list of PCK certificates.</summary>
    public CertificateRevocationList PckCrl { get; }

    /// <summary>The signer of the TCB info, then the root.</summary>
    public IReadOnlyList<Certificate> TcbInfoIssuerChain { get; }

    /// <summary>The TCB info.</summary>
    public TcbInfo TcbInfo { get; }

    /// <summary>The signer of the QE identity, then the root.</summary>
    public IReadOnlyList<Certificate> QeIdentityIssuerChain { get; }

    /// <summary>The identity of the quoting enclave.</summary>
    public QeIdentity QeIdentity { get; }

    /// <summary>SHA-256 over all of it, lower-case hex: collateral with the same fingerprint is the same.</summary>
    public string Fingerprint { get; }

    internal DcapCollateralParts Parts { get; }

    /// <summary>
    /// Parses one JSON document with the members <c>pck_crl_issuer_chain root_ca_crl pck_crl tcb_info_issuer_chain tcb_info tcb_info_signature
    /// qe_identity_issuer_chain qe_identity qe_identity_signature</c>: chains in PEM, lists and signatures in hex.
    /// </summary>
    /// <exception cref="MalformedException">It is not such a document, or a member cannot be read.</exception>
    public static DcapCollateral Parse(ReadOnlyMemory<byte> utf8) => new(DcapCollateralFormat.Read(utf8));

    /// <summary>
    /// Takes the members as single files, by their names without extension. A list may be DER, PEM or hex; TCB info and QE identity may be the
    /// service's whole answer, and then need no file for the signature.
    /// </summary>
    /// <exception cref="MalformedException">A file is missing, is none of these, or cannot be read.</exception>
    public static DcapCollateral FromFiles(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files) => new(DcapCollateralFormat.Read(files));

    /// <summary>Writes the JSON document that <see cref="Parse"/> reads.</summary>
    public byte[] ToJson() => DcapCollateralFormat.Write(Parts);

    internal static DcapCollateral Of(DcapCollateralParts parts) => new(parts);
}
