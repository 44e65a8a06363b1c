using Cove.Attestation.Snp;

namespace Cove.Attestation.Claims;

/// <summary>The claims that Microsoft Azure Attestation makes of SEV-SNP evidence, with its names and forms.</summary>
internal static class SnpClaims
{
    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "x-ms-sevsnpvm-authorkeydigest",
        "x-ms-sevsnpvm-bootloader-svn",
        "x-ms-sevsnpvm-familyId",
        "x-ms-sevsnpvm-guestsvn",
        "x-ms-sevsnpvm-hostdata",
        "x-ms-sevsnpvm-idkeydigest",
        "x-ms-sevsnpvm-imageId",
        "x-ms-sevsnpvm-is-debuggable",
        "x-ms-sevsnpvm-launchmeasurement",
        "x-ms-sevsnpvm-microcode-svn",
        "x-ms-sevsnpvm-migration-allowed",
        "x-ms-sevsnpvm-reportdata",
        "x-ms-sevsnpvm-reportid",
        "x-ms-sevsnpvm-smt-allowed",
        "x-ms-sevsnpvm-snpfw-svn",
        "x-ms-sevsnpvm-tee-svn",
        "x-ms-sevsnpvm-vmpl",
    ];

    public static Dictionary<string, ClaimValue> Of(VerifiedSnpEvidence evidence)
    {
        var report = evidence.Report;
        var tcb = evidence.ReportedTcb;
        Dictionary<string, ClaimValue> claims = new(StringComparer.Ordinal)
        {
            [ClaimNames.AttestationType] = "sevsnpvm",
            ["x-ms-sevsnpvm-authorkeydigest"] = Hex(report.AuthorKeyDigest),
            ["x-ms-sevsnpvm-bootloader-svn"] = tcb.BootLoader,
            ["x-ms-sevsnpvm-familyId"] = Hex(report.FamilyId),
            ["x-ms-sevsnpvm-guestsvn"] = report.GuestSvn,
            ["x-ms-sevsnpvm-hostdata"] = Hex(report.HostData),
            ["x-ms-sevsnpvm-idkeydigest"] = Hex(report.IdKeyDigest),
            ["x-ms-sevsnpvm-imageId"] = Hex(report.ImageId),
            ["x-ms-sevsnpvm-is-debuggable"] = report.Policy.DebugAllowed,
            ["x-ms-sevsnpvm-launchmeasurement"] = Hex(report.Measurement),
            ["x-ms-sevsnpvm-microcode-svn"] = tcb.Microcode,
            ["x-ms-sevsnpvm-migration-allowed"] = report.Policy.MigrationAgentAllowed,
            ["x-ms-sevsnpvm-reportdata"] = Hex(report.ReportData.Bytes),
            ["x-ms-sevsnpvm-reportid"] = Hex(report.ReportId),
            ["x-ms-sevsnpvm-smt-allowed"] = report.Policy.SmtAllowed,
            ["x-ms-sevsnpvm-snpfw-svn"] = tcb.Snp,
            ["x-ms-sevsnpvm-tee-svn"] = tcb.Tee,
            ["x-ms-sevsnpvm-vmpl"] = report.Vmpl,
        };
        if (evidence.RuntimeData?.Json is { } runtime) claims[ClaimNames.Runtime] = runtime;
        if (evidence.InitTimeData?.Json is { } initTime) claims[ClaimNames.InitTime] = initTime;
        if (evidence.UvmEndorsement is not null) claims[ClaimNames.ComplianceStatus] = "azure-compliant-uvm";
        if (evidence.IsSimulated) claims[ClaimNames.Simulated] = true;
        return claims;
    }

    private static ClaimValue Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
