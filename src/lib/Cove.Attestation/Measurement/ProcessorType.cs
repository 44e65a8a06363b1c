using System.Globalization;
using Cove.Outcomes;

namespace Cove.Attestation.Measurement;

/// <summary>Virtual processor types by QEMU's names, as far as a launch digest shows them: CPUID(1).EAX.</summary>
public static class ProcessorType
{
    private const uint Naples = 0x800F12;
    private const uint Rome = 0x830F10;
    private const uint Milan = 0xA00F11;
    private const uint Genoa = 0xA10F10;
    private const uint Turin = 0xB00F00;

    private static readonly Dictionary<string, uint> Signatures = new(StringComparer.OrdinalIgnoreCase)
    {
        ["EPYC"] = Naples, ["EPYC-v1"] = Naples, ["EPYC-v2"] = Naples, ["EPYC-IBPB"] = Naples, ["EPYC-v3"] = Naples, ["EPYC-v4"] = Naples,
        ["EPYC-Rome"] = Rome, ["EPYC-Rome-v1"] = Rome, ["EPYC-Rome-v2"] = Rome, ["EPYC-Rome-v3"] = Rome, ["EPYC-Rome-v4"] = Rome,
        ["EPYC-Milan"] = Milan, ["EPYC-Milan-v1"] = Milan, ["EPYC-Milan-v2"] = Milan,
        ["EPYC-Genoa"] = Genoa, ["EPYC-Genoa-v1"] = Genoa,
        ["EPYC-Turin"] = Turin, ["EPYC-Turin-v1"] = Turin,
    };

    /// <summary>Every name that is known, in ordinal order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Signatures.Keys.Order(StringComparer.Ordinal)];

    /// <summary>CPUID(1).EAX of the type with this name (case aside); null where it is not known.</summary>
    public static uint? Find(string name) => Signatures.TryGetValue(name, out var signature) ? signature : null;

    /// <summary>CPUID(1).EAX of a family, model and stepping, as processors encode them.</summary>
    /// <exception cref="MalformedException">A number does not fit its bits.</exception>
    public static uint SignatureOf(uint family, uint model, uint stepping)
    {
        const uint familyLimit = 0xF + 0xFF;
        if (family > familyLimit || model > 0xFF || stepping > 0xF)
            throw new MalformedException("processor type", "family, model, stepping", string.Create(CultureInfo.InvariantCulture, $"are {family}, {model}, {stepping}, at most {familyLimit}, 255, 15"));
        var (low, extended) = family > 0xF ? (0xFu, family - 0xF) : (family, 0u);
        return extended << 20 | (model >> 4) << 16 | low << 8 | (model & 0xF) << 4 | stepping;
    }
}
