using Cove.Attestation.Sgx;
using Cove.Attestation.Tdx;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation.Dcap;

/// <summary>
/// An ECDSA quote of Intel's DCAP: version 3 (SGX), 4 (SGX or TDX) or 5 (SGX, TDX 1.0 or 1.5). Parsing checks the layout only: whether a
/// processor made it is for <see cref="EvidenceVerifier"/> to say.
/// </summary>
public sealed class Quote
{
    /// <summary>Largest quote that is read, in bytes, with what trails it.</summary>
    public const int MaximumSize = 128 * 1024;

    internal Quote()
    {
    }

    /// <summary>The quote's bytes, without any that trail it.</summary>
    public required ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>
    /// How many bytes followed the quote. A quote states its length, and platforms hand it out in a larger buffer, so these are passed
    /// over; no signature covers them and nothing here reads them.
    /// </summary>
    public required int TrailingLength { get; init; }

    /// <summary>Version of the format: 3, 4 or 5.</summary>
    public required int Version { get; init; }

    /// <summary>Which kind of TEE it is about.</summary>
    public required QuoteTee Tee { get; init; }

    /// <summary>QE_SVN of the header; zero from version 4 on.</summary>
    public required ushort QeSvn { get; init; }

    /// <summary>PCE_SVN of the header; zero from version 4 on.</summary>
    public required ushort PceSvn { get; init; }

    /// <summary>USER_DATA of the header, 20 bytes; the first 16 are the id of the quoting enclave's platform.</summary>
    public required ReadOnlyMemory<byte> UserData { get; init; }

    /// <summary>The enclave's report; null for a trust domain.</summary>
    public required SgxReportBody? Sgx { get; init; }

    /// <summary>The trust domain's report; null for an enclave.</summary>
    public required TdReportBody? Td { get; init; }

    /// <summary>The bytes that the attestation key signed: header and body.</summary>
    public required ReadOnlyMemory<byte> Signed { get; init; }

    /// <summary>The attestation key's signature, <c>r || s</c>, 64 bytes.</summary>
    public required ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>The attestation key, a point of P-256 as <c>x || y</c>, 64 bytes.</summary>
    public required ReadOnlyMemory<byte> AttestationKey { get; init; }

    /// <summary>The quoting enclave's report, which binds the attestation key.</summary>
    public required SgxReportBody QeReport { get; init; }

    /// <summary>The PCK's signature over that report, <c>r || s</c>, 64 bytes.</summary>
    public required ReadOnlyMemory<byte> QeReportSignature { get; init; }

    /// <summary>What the quoting enclave's report binds beside the key.</summary>
    public required ReadOnlyMemory<byte> QeAuthenticationData { get; init; }

    /// <summary>Of which kind <see cref="CertificationData"/> is.</summary>
    public required CertificationType CertificationType { get; init; }

    /// <summary>What says which PCK certificate it is; PEM text for the kinds that bring it.</summary>
    public required ReadOnlyMemory<byte> CertificationData { get; init; }

    /// <summary>The certificates that the quote brings, PCK certificate first; empty where it brings none.</summary>
    /// <exception cref="MalformedException">They cannot be read.</exception>
    public IReadOnlyList<Certificate> Certificates() =>
        CertificationType is CertificationType.PckChain or CertificationType.PckLeaf ? CertificatePem.Parse(CertificationData.Span) : [];

    /// <summary>Parses a quote.</summary>
    /// <exception cref="MalformedException">
    /// It is cut short, of an unknown version, vendor, key type, TEE or body type, its lengths disagree, or a reserved field is set.
    /// </exception>
    public static Quote Parse(ReadOnlySpan<byte> bytes) => QuoteLayout.Read(bytes);
}
