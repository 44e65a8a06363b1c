using Cove.Outcomes;

namespace Cove.Attestation.Snp;

/// <summary>What a relying party accepts of SEV-SNP guests. Everything that is not said is refused.</summary>
public sealed record SnpAppraisalPolicy
{
    /// <summary>Whether the host may debug the guest. A debuggable guest keeps nothing from its host.</summary>
    public bool PermitDebug { get; init; }

    /// <summary>Whether a migration agent may be associated.</summary>
    public bool PermitMigrationAgent { get; init; }

    /// <summary>Whether the host may hide the chip's id (CHIP_ID all zero) although the chip's own key signed.</summary>
    public bool PermitMaskedChipId { get; init; }

    /// <summary>Privilege levels from which a report is accepted, e.g. 0 alone.</summary>
    public IReadOnlyList<uint> PermittedVmpls { get; init; } = [];

    /// <summary>Lowest REPORTED_TCB for each product.</summary>
    public SnpTcbMinimums MinimumTcb { get; init; } = SnpTcbMinimums.None;

    /// <summary>Lowest LAUNCH_TCB for each product: what ran when the guest was launched or imported.</summary>
    public SnpTcbMinimums MinimumLaunchTcb { get; init; } = SnpTcbMinimums.None;

    /// <summary>What else is asked of the guest's POLICY.</summary>
    public SnpGuestRequirements Guest { get; init; } = SnpGuestRequirements.None;

    /// <summary>What is asked of the host's platform and firmware.</summary>
    public SnpPlatformRequirements Platform { get; init; } = SnpPlatformRequirements.None;

    /// <summary>Accepted FAMILY_ID, 16 bytes each; null where they say nothing to this relying party.</summary>
    public ReferenceValues? FamilyId { get; init; }

    /// <summary>Accepted IMAGE_ID, 16 bytes each; null where they say nothing to this relying party.</summary>
    public ReferenceValues? ImageId { get; init; }

    /// <summary>Accepted CHIP_ID, 64 bytes each; null for any chip.</summary>
    public ReferenceValues? ChipId { get; init; }

    /// <summary>Lowest GUEST_SVN.</summary>
    public uint MinimumGuestSvn { get; init; }

    /// <summary>Whether an accepted issuer must have endorsed the guest's image (UVM endorsement).</summary>
    public bool RequireUvmEndorsement { get; init; }

    /// <summary>Accepted launch digests, 48 bytes each.</summary>
    public ReferenceValues Measurement { get; init; } = ReferenceValues.None;

    /// <summary>Accepted HOST_DATA, 32 bytes each: the hashes of container policies.</summary>
    public ReferenceValues HostData { get; init; } = ReferenceValues.None;

    /// <summary>Accepted REPORT_DATA, 64 bytes each.</summary>
    public ReferenceValues ReportData { get; init; } = ReferenceValues.None;

    /// <summary>Accepted ID_KEY_DIGEST, 48 bytes each.</summary>
    public ReferenceValues IdKeyDigest { get; init; } = ReferenceValues.None;

    /// <summary>Accepted AUTHOR_KEY_DIGEST, 48 bytes each.</summary>
    public ReferenceValues AuthorKeyDigest { get; init; } = ReferenceValues.None;

    internal List<Finding> Appraise(VerifiedSnpEvidence evidence)
    {
        List<Finding> findings = [];
        var report = evidence.Report;
        if (report.Policy.DebugAllowed && !PermitDebug)
            findings.Add(new("debug-not-permitted", "POLICY.DEBUG", "0: the host cannot debug the guest", "1", SnpSections.Policy));
        if (report.Policy.MigrationAgentAllowed && !PermitMigrationAgent)
            findings.Add(new("migration-not-permitted", "POLICY.MIGRATE_MA", "0: no migration agent", "1", SnpSections.Policy));
        if (!PermittedVmpls.Contains(report.Vmpl))
            findings.Add(new("vmpl-not-permitted", "VMPL", PermittedVmpls.Count == 0 ? "none (no level was permitted)" : string.Join(" or ", PermittedVmpls), $"{report.Vmpl}", SnpSections.Report));
        if (evidence.EndorsementKey.Kind == SigningKey.Vcek && !PermitMaskedChipId && !report.ChipId.ContainsAnyExcept((byte)0))
            findings.Add(new("chip-id-masked", "CHIP_ID", "the id of the chip that signed", "zero", SnpSections.Report));
        findings.AddRange(MinimumTcb.Check(evidence.Product, evidence.ReportedTcb, "REPORTED_TCB"));
        findings.AddRange(MinimumLaunchTcb.Check(evidence.Product, TcbVersion.Parse(report.LaunchTcb, evidence.Product, "LAUNCH_TCB"), "LAUNCH_TCB"));
        findings.AddRange(Guest.Check(report.Policy));
        findings.AddRange(Platform.Check(evidence));
        if (report.GuestSvn < MinimumGuestSvn)
            findings.Add(new("guest-svn-below-minimum", "GUEST_SVN", $"at least {MinimumGuestSvn}", $"{report.GuestSvn}", SnpSections.Report));
        if (RequireUvmEndorsement && evidence.UvmEndorsement is null)
        {
            findings.Add(new("endorsement-missing", "MEASUREMENT", "an endorsement by an accepted issuer", evidence.UvmFindings.Count == 0 ? "none" : "none that is accepted", "UVM endorsements"));
            findings.AddRange(evidence.UvmFindings);
        }

        Check("measurement-not-accepted", "MEASUREMENT", Measurement, report.Measurement, findings);
        Check("host-data-not-accepted", "HOST_DATA", HostData, report.HostData, findings);
        Check("report-data-not-accepted", "REPORT_DATA", ReportData, report.ReportData.Bytes, findings);
        Check("id-key-not-accepted", "ID_KEY_DIGEST", IdKeyDigest, report.IdKeyDigest, findings);
        Check("author-key-not-accepted", "AUTHOR_KEY_DIGEST", AuthorKeyDigest, report.AuthorKeyDigest, findings);
        Check("family-id-not-accepted", "FAMILY_ID", FamilyId ?? ReferenceValues.Any, report.FamilyId, findings);
        Check("image-id-not-accepted", "IMAGE_ID", ImageId ?? ReferenceValues.Any, report.ImageId, findings);
        Check("chip-not-accepted", "CHIP_ID", ChipId ?? ReferenceValues.Any, report.ChipId, findings);
        return findings;
    }

    private static void Check(string code, string field, ReferenceValues accepted, ReadOnlySpan<byte> actual, List<Finding> findings)
    {
        if (!accepted.Accept(actual)) findings.Add(new(code, field, accepted.ToString(), Convert.ToHexStringLower(actual), SnpSections.Report));
    }
}
