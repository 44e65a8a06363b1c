using System.Text.Json;

namespace Cove.Attestation.Dcap;

/// <summary>A level of an enclave's or a TDX module's versions: that of every ISVSVN from this one up to the next level.</summary>
/// <param name="IsvSvn">The lowest ISVSVN of the level.</param>
/// <param name="Level">What is said of it.</param>
public sealed record IsvTcbLevel(ushort IsvSvn, TcbLevel Level)
{
    /// <summary>The level of this ISVSVN: the first, from the highest down, that it reaches. Null where it is below all.</summary>
    internal static TcbLevel? Of(ushort isvSvn, IReadOnlyList<IsvTcbLevel> levels)
    {
        foreach (var level in levels)
        {
            if (level.IsvSvn <= isvSvn) return level.Level;
        }

        return null;
    }

    internal static IsvTcbLevel Read(JsonElement level, string format) =>
        new((ushort)DcapJson.Number(DcapJson.Object(level, "tcb", format), "isvsvn", ushort.MaxValue, format), DcapJson.Level(level, format));
}
