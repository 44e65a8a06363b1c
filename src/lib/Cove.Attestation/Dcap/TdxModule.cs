using System.Text.Json;
using Cove.Attestation.Tdx;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Attestation.Dcap;

/// <summary>Which TDX module Intel vouches for (TCB info, tdxModule and tdxModuleIdentities).</summary>
/// <param name="Id">Its identity, e.g. <c>TDX_03</c>: the major version in lower-case hex. Empty for the first generation's.</param>
/// <param name="MrSigner">MRSIGNERSEAM, 48 bytes.</param>
/// <param name="Attributes">SEAMATTRIBUTES, 8 bytes.</param>
/// <param name="AttributesMask">Which of their bits count.</param>
/// <param name="Levels">Its TCB levels, highest first; empty where it is judged with the platform.</param>
public sealed record TdxModule(string Id, ReadOnlyMemory<byte> MrSigner, ReadOnlyMemory<byte> Attributes, ReadOnlyMemory<byte> AttributesMask, IReadOnlyList<IsvTcbLevel> Levels)
{
    private const int MeasurementSize = 48;
    private const int AttributesSize = 8;

    internal bool Matches(TdReportBody report)
    {
        if (!report.MrSignerSeam.SequenceEqual(MrSigner.Span)) return false;
        for (var i = 0; i < AttributesSize; i++)
        {
            if ((report.SeamAttributes[i] & AttributesMask.Span[i]) != Attributes.Span[i]) return false;
        }

        return true;
    }

    internal static TdxModule Read(JsonElement module, string format) => Read(module, "", [], format);

    internal static TdxModule ReadIdentity(JsonElement module, string format)
    {
        var id = StrictJson.RequiredString(module, "id", format);
        if (!id.StartsWith("TDX_", StringComparison.Ordinal))
            throw new MalformedException(format, "tdxModuleIdentities.id", $"is \"{id}\", expected TDX_ and two hex digits");
        return Read(module, id, DcapJson.List(module, "tcbLevels", required: true, format, level => IsvTcbLevel.Read(level, format)), format);
    }

    private static TdxModule Read(JsonElement module, string id, IReadOnlyList<IsvTcbLevel> levels, string format) => new(
        id,
        DcapJson.Hex(module, "mrsigner", MeasurementSize, format),
        DcapJson.Hex(module, "attributes", AttributesSize, format),
        DcapJson.Hex(module, "attributesMask", AttributesSize, format),
        levels);
}
