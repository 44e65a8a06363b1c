namespace Cove.Attestation.Snp;

/// <summary>How the products are told apart.</summary>
internal static class SnpProducts
{
    /// <summary>CPUID family of the simulated processor: no vendor has it.</summary>
    public const byte SimulatedFamily = 0xFF;

    /// <summary>The product name in certificates, before any stepping suffix: <c>Milan</c>, <c>Genoa</c>, <c>Turin</c>, <c>SIM</c>.</summary>
    public static string NameOf(SnpProduct product) => product == SnpProduct.Simulated ? "SIM" : product.ToString();

    /// <summary>The common names of the root, of the VCEK's issuer and of the VLEK's issuer.</summary>
    public static (string Root, string VcekIssuer, string VlekIssuer) CommonNamesOf(SnpProduct product)
    {
        var name = product == SnpProduct.Simulated ? "SIM-Cove" : product.ToString();
        return ($"ARK-{name}", $"SEV-{name}", $"SEV-VLEK-{name}");
    }

    /// <summary>Whether the CPUID family and model that a report (version 3 and later) carries are of this product.</summary>
    public static bool Matches(SnpProduct product, byte family, byte model) => product switch
    {
        SnpProduct.Milan => family == 0x19 && model <= 0x0F,
        SnpProduct.Genoa => family == 0x19 && model is (>= 0x10 and <= 0x1F) or (>= 0xA0 and <= 0xAF),
        SnpProduct.Turin => family == 0x1A && model <= 0x11,
        _ => family == SimulatedFamily && model == 0,
    };

    /// <summary>
    /// The products that a report can be of: the one its CPUID names; before version 3, which has none, those of that time, most likely first.
    /// </summary>
    public static IReadOnlyList<SnpProduct> Candidates(SnpReport report)
    {
        const uint cpuidVersion = 3;
        const int turinChipIdSize = 8;
        if (report.Version >= cpuidVersion)
            return [.. Enum.GetValues<SnpProduct>().Where(product => product != SnpProduct.Simulated && Matches(product, report.CpuidFamily, report.CpuidModel))];
        return report.ChipId[turinChipIdSize..].ContainsAnyExcept((byte)0) ? [SnpProduct.Milan, SnpProduct.Genoa] : [SnpProduct.Turin];
    }
}
