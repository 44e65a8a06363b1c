using Cove.Attestation.OpenEnclave;
using Cove.Outcomes;

namespace Cove.Attestation.Maa;

/// <summary>
/// The body of Microsoft Azure Attestation's <c>POST /attest/SgxEnclave</c>, <c>/attest/OpenEnclave</c> and <c>/attest/TdxVm</c>.
/// Parsing verifies nothing.
/// </summary>
/// <param name="Evidence">Quote, runtime and init-time data.</param>
/// <param name="Nonce">What the requester wants to find in its token; null where it gave nothing.</param>
/// <param name="DraftPolicy">A policy that is to be tried on this evidence; the token is unsecured then. Null where there is none.</param>
public sealed record QuoteRequest(QuoteEvidence Evidence, string? Nonce, string? DraftPolicy)
{
    /// <summary>Largest body that is read, in bytes.</summary>
    public const int MaximumSize = 1024 * 1024;

    private const string RuntimeDataMember = "runtimeData";

    /// <summary>Parses a request about an SGX enclave; also in the form of the API's first preview, <c>Quote</c>, with or without Open Enclave's header, and <c>EnclaveHeldData</c>.</summary>
    /// <exception cref="MalformedException">It is not one, or the quote is not one about an enclave.</exception>
    public static QuoteRequest ParseSgxEnclave(ReadOnlyMemory<byte> utf8) =>
        Parse(utf8, "SgxEnclave request", "quote", quote => OpenEnclaveReport.IsOne(quote) ? Enclave(quote) : SgxEvidence.Parse(quote));

    /// <summary>Parses a request about an SGX enclave made with the Open Enclave SDK.</summary>
    /// <exception cref="MalformedException">It is not one, or the report has no quote about an enclave.</exception>
    public static QuoteRequest ParseOpenEnclave(ReadOnlyMemory<byte> utf8) =>
        Parse(utf8, "OpenEnclave request", "report", report => Enclave(report));

    /// <summary>Parses a request about a TDX trust domain.</summary>
    /// <exception cref="MalformedException">It is not one, or the quote is not one about a trust domain.</exception>
    public static QuoteRequest ParseTdxVm(ReadOnlyMemory<byte> utf8) =>
        Parse(utf8, "TdxVm request", "quote", quote => TdxEvidence.Parse(quote));

    private static SgxEvidence Enclave(byte[] report) => new(OpenEnclaveReport.Parse(report).Quote);

    private static QuoteRequest Parse(ReadOnlyMemory<byte> utf8, string format, string member, Func<byte[], QuoteEvidence> evidence)
    {
        using var document = MaaJson.Parse(utf8, format, MaximumSize);
        var body = document.RootElement;
        var parsed = evidence(MaaJson.Required(body, member, format)) with
        {
            RuntimeData = RequestFields.Data(body, RuntimeDataMember, format) ?? (MaaJson.Bytes(body, "EnclaveHeldData", format) is { } held ? RuntimeData.OfBinary(held) : null),
            InitTimeData = RequestFields.Data(body, "initTimeData", format),
        };
        return new QuoteRequest(parsed, RequestFields.Nonce(body, format), RequestFields.Draft(body, format));
    }
}
