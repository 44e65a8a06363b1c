using System.Text.Json;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Attestation.Dcap;

/// <summary>
/// Intel's TCB info for one family of platforms (PCS API v4; version 3, and version 2 of SGX): which versions are how up to date. Parsing
/// does not verify its signature.
/// </summary>
public sealed record TcbInfo
{
    private const string Format = "TCB info";

    private TcbInfo(SignedDocument document) => Document = document;

    /// <summary>Version of the format: 2 or 3.</summary>
    public required int Version { get; init; }

    /// <summary>Which kind of TEE it is for.</summary>
    public required QuoteTee Tee { get; init; }

    /// <summary>First instant at which it holds.</summary>
    public required DateTimeOffset IssueDate { get; init; }

    /// <summary>Last instant at which it holds.</summary>
    public required DateTimeOffset NextUpdate { get; init; }

    /// <summary>FMSPC of the platforms it is for, 6 bytes.</summary>
    public required ReadOnlyMemory<byte> Fmspc { get; init; }

    /// <summary>PCEID of the platforms it is for, 2 bytes.</summary>
    public required ReadOnlyMemory<byte> PceId { get; init; }

    /// <summary>tcbEvaluationDataNumber: how recent Intel's judgement is.</summary>
    public required int EvaluationDataNumber { get; init; }

    /// <summary>The first generation's TDX module; null in TCB info for SGX.</summary>
    public required TdxModule? Module { get; init; }

    /// <summary>TDX modules of later generations; empty in TCB info for SGX.</summary>
    public required IReadOnlyList<TdxModule> Modules { get; init; }

    /// <summary>The levels, highest first.</summary>
    public required IReadOnlyList<PlatformTcbLevel> Levels { get; init; }

    internal SignedDocument Document { get; }

    /// <summary>Parses a document as the service delivers it: <c>{"tcbInfo":{…},"signature":"…"}</c>.</summary>
    /// <exception cref="MalformedException">It is not TCB info of a known version.</exception>
    public static TcbInfo Parse(ReadOnlyMemory<byte> utf8) => Read(SignedDocument.Parse(utf8, "tcbInfo", Format));

    internal static TcbInfo Read(SignedDocument document)
    {
        using var json = StrictJson.ParseObject(document.Signed, Format, SignedDocument.MaximumSize);
        var info = json.RootElement;
        var version = DcapJson.Number(info, "version", int.MaxValue, Format);
        if (version is not (2 or 3)) throw new MalformedException(Format, "version", $"is {version}, expected 2 or 3");
        var type = DcapJson.Number(info, "tcbType", int.MaxValue, Format);
        if (type != 0) throw new MalformedException(Format, "tcbType", $"is {type}, expected 0");
        // Version 2 is older than TDX and does not say for what it is.
        var tee = version == 2 ? QuoteTee.Sgx : TeeOf(StrictJson.RequiredString(info, "id", Format));
        var tdx = tee == QuoteTee.Tdx;
        return new TcbInfo(document)
        {
            Version = version,
            Tee = tee,
            IssueDate = DcapJson.Time(info, "issueDate", Format),
            NextUpdate = DcapJson.Time(info, "nextUpdate", Format),
            Fmspc = DcapJson.Hex(info, "fmspc", PckCertificate.FmspcSize, Format),
            PceId = DcapJson.Hex(info, "pceId", PckCertificate.PceIdSize, Format),
            EvaluationDataNumber = DcapJson.Number(info, "tcbEvaluationDataNumber", int.MaxValue, Format),
            Module = tdx ? TdxModule.Read(DcapJson.Object(info, "tdxModule", Format), Format) : null,
            Modules = tdx ? DcapJson.List(info, "tdxModuleIdentities", required: false, Format, module => TdxModule.ReadIdentity(module, Format)) : [],
            Levels = DcapJson.List(info, "tcbLevels", required: true, Format, level => PlatformTcbLevel.Read(level, version, tdx, Format)),
        };
    }

    private static QuoteTee TeeOf(string id) => id switch
    {
        "SGX" => QuoteTee.Sgx,
        "TDX" => QuoteTee.Tdx,
        _ => throw new MalformedException(Format, "id", $"is \"{id}\", expected SGX or TDX"),
    };
}
