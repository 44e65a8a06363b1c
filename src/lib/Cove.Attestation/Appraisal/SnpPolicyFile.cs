using Cove.Attestation.Snp;

namespace Cove.Attestation.Appraisal;

/// <summary>Reads the part of a policy file that is about SEV-SNP.</summary>
internal static class SnpPolicyFile
{
    private const int RegisterSize = 48;
    private const int HostDataSize = 32;
    private const int IdentifierSize = 16;
    private const int ChipIdSize = 64;

    public static SnpAppraisalPolicy Read(PolicyMembers snp) => new()
    {
        PermitDebug = snp.Flag("permitDebug"),
        PermitMigrationAgent = snp.Flag("permitMigrationAgent"),
        PermitMaskedChipId = snp.Flag("permitMaskedChipId"),
        PermittedVmpls = [.. snp.Numbers("permittedVmpls", 3).Select(level => (uint)level)],
        MinimumTcb = ReadMinimums(snp, "minimumTcb"),
        MinimumLaunchTcb = ReadMinimums(snp, "minimumLaunchTcb"),
        Guest = snp.Object("guest", ReadGuest) ?? SnpGuestRequirements.None,
        Platform = snp.Object("platform", ReadPlatform) ?? SnpPlatformRequirements.None,
        MinimumGuestSvn = (uint)snp.Number("minimumGuestSvn", uint.MaxValue),
        RequireUvmEndorsement = snp.Flag("requireUvmEndorsement"),
        Measurement = snp.References("measurement", RegisterSize),
        HostData = snp.References("hostData", HostDataSize),
        ReportData = snp.References("reportData", ReportData.Size),
        IdKeyDigest = snp.References("idKeyDigest", RegisterSize),
        AuthorKeyDigest = snp.References("authorKeyDigest", RegisterSize),
        FamilyId = snp.OptionalReferences("familyId", IdentifierSize),
        ImageId = snp.OptionalReferences("imageId", IdentifierSize),
        ChipId = snp.OptionalReferences("chipId", ChipIdSize),
    };

    private static SnpTcbMinimums ReadMinimums(PolicyMembers snp, string table)
    {
        if (!snp.Has(table)) return SnpTcbMinimums.None;
        Dictionary<SnpProduct, TcbVersion> minimums = [];
        foreach (var (name, tcb) in snp.Table(table))
        {
            var product = name switch
            {
                nameof(SnpProduct.Milan) => SnpProduct.Milan,
                nameof(SnpProduct.Genoa) => SnpProduct.Genoa,
                nameof(SnpProduct.Turin) => SnpProduct.Turin,
                nameof(SnpProduct.Simulated) => SnpProduct.Simulated,
                _ => throw snp.Wrong($"{table}.{name}", "is not Milan, Genoa, Turin or Simulated"),
            };
            minimums[product] = new TcbVersion(Part("fmc"), Part("bootLoader"), Part("tee"), Part("snp"), Part("microcode"));
            byte Part(string part) => (byte)tcb.Number(part, byte.MaxValue);
        }

        return SnpTcbMinimums.Of(minimums);
    }

    private static SnpGuestRequirements ReadGuest(PolicyMembers guest) => new()
    {
        ForbidSmt = guest.Flag("forbidSmt"),
        ForbidCxl = guest.Flag("forbidCxl"),
        RequireSingleSocket = guest.Flag("requireSingleSocket"),
        RequireAes256Xts = guest.Flag("requireAes256Xts"),
        RequireRaplDisabled = guest.Flag("requireRaplDisabled"),
        RequireCiphertextHiding = guest.Flag("requireCiphertextHiding"),
        RequirePageSwapDisabled = guest.Flag("requirePageSwapDisabled"),
        MinimumAbiMajor = (byte)guest.Number("minimumAbiMajor", byte.MaxValue),
        MinimumAbiMinor = (byte)guest.Number("minimumAbiMinor", byte.MaxValue),
    };

    private static SnpPlatformRequirements ReadPlatform(PolicyMembers platform) => new()
    {
        ForbidSmt = platform.Flag("forbidSmt"),
        RequireEcc = platform.Flag("requireEcc"),
        RequireRaplDisabled = platform.Flag("requireRaplDisabled"),
        RequireCiphertextHiding = platform.Flag("requireCiphertextHiding"),
        RequireAliasCheck = platform.Flag("requireAliasCheck"),
        MinimumFirmware = ReadFirmware(platform),
        ForbidProvisionalFirmware = platform.Flag("forbidProvisionalFirmware"),
        RequiredMitigations = platform.Bits("requiredMitigations"),
        RequireRevocationList = platform.Flag("requireRevocationList"),
    };

    private static FirmwareVersion ReadFirmware(PolicyMembers platform)
    {
        var text = platform.Text("minimumFirmware") ?? "0.0.0";
        var parts = text.Split('.');
        if (parts.Length == 3 && byte.TryParse(parts[0], out var major) && byte.TryParse(parts[1], out var minor) && byte.TryParse(parts[2], out var build))
            return new FirmwareVersion(major, minor, build);
        throw platform.Wrong("minimumFirmware", "is not a version like 1.55.29");
    }
}
