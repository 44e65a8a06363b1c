using System.Globalization;
using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Attestation.Dcap;

/// <summary>A level of a platform's versions.</summary>
/// <param name="Sgx">Lowest SGX component versions, 16.</param>
/// <param name="PceSvn">Lowest PCESVN.</param>
/// <param name="Tdx">Lowest TDX component versions, 16; empty in TCB info for SGX.</param>
/// <param name="Level">What is said of it.</param>
public sealed record PlatformTcbLevel(IReadOnlyList<byte> Sgx, ushort PceSvn, IReadOnlyList<byte> Tdx, TcbLevel Level)
{
    /// <summary>How many components there are of each kind.</summary>
    public const int Components = 16;

    internal static PlatformTcbLevel Read(JsonElement level, int version, bool tdx, string format)
    {
        var tcb = DcapJson.Object(level, "tcb", format);
        return new PlatformTcbLevel(
            version == 2 ? ReadNumbered(tcb, format) : ReadComponents(tcb, "sgxtcbcomponents", format),
            (ushort)DcapJson.Number(tcb, "pcesvn", ushort.MaxValue, format),
            tdx ? ReadComponents(tcb, "tdxtcbcomponents", format) : [],
            DcapJson.Level(level, format));
    }

    private static List<byte> ReadComponents(JsonElement tcb, string name, string format)
    {
        var components = DcapJson.List(tcb, name, required: true, format, component => (byte)DcapJson.Number(component, "svn", byte.MaxValue, format));
        return components.Count == Components
            ? components
            : throw new MalformedException(format, name, $"has {components.Count} entries, expected {Components}");
    }

    // Version 2 has a member for each: sgxtcbcomp01svn to sgxtcbcomp16svn.
    private static List<byte> ReadNumbered(JsonElement tcb, string format) =>
        [.. Enumerable.Range(1, Components).Select(i => (byte)DcapJson.Number(tcb, string.Create(CultureInfo.InvariantCulture, $"sgxtcbcomp{i:00}svn"), byte.MaxValue, format))];
}
