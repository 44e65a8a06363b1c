using Cove.Attestation.Appraisal;
using Cove.Attestation.Azure;
using Cove.Attestation.Claims;
using Cove.Attestation.Dcap;
using Cove.Attestation.Maa.Policies;
using Cove.Attestation.Sgx;
using Cove.Attestation.Snp;
using Cove.Attestation.Tdx;
using Cove.Attestation.Tokens;
using Cove.Outcomes;

namespace Cove.Attestation;

/// <summary>
/// What a relying party accepts. A part that is absent rejects: an empty policy accepts nothing, and evidence of a TEE for which
/// there is no part is refused however genuine it is.
/// </summary>
public sealed record AppraisalPolicy
{
    /// <summary>Largest policy file that is read, in bytes.</summary>
    public const int MaximumSize = 1024 * 1024;

    /// <summary>
    /// Accepts every genuine guest, domain and enclave that the host cannot look into: no debugging, no migration, no service domain, most
    /// privileged level, platform up to date. What the guest is, is left to whoever reads the claims; this is how an attestation service appraises.
    /// </summary>
    public static AppraisalPolicy GenuineGuests { get; } = new()
    {
        Snp = new SnpAppraisalPolicy
        {
            PermittedVmpls = [0],
            Measurement = ReferenceValues.Any,
            HostData = ReferenceValues.Any,
            ReportData = ReferenceValues.Any,
            IdKeyDigest = ReferenceValues.Any,
            AuthorKeyDigest = ReferenceValues.Any,
        },
        Sgx = new SgxAppraisalPolicy
        {
            Tcb = TcbRequirements.UpToDate,
            MrEnclave = ReferenceValues.Any,
            MrSigner = ReferenceValues.Any,
            ProductId = ReferenceValues.Any,
            ConfigId = ReferenceValues.Any,
            ReportData = ReferenceValues.Any,
        },
        Tdx = new TdxAppraisalPolicy
        {
            Tcb = TcbRequirements.UpToDate,
            MrTd = ReferenceValues.Any,
            MrSeam = ReferenceValues.Any,
            MrConfigId = ReferenceValues.Any,
            MrOwner = ReferenceValues.Any,
            MrOwnerConfig = ReferenceValues.Any,
            Rtmrs = [.. Enumerable.Repeat(ReferenceValues.Any, TdReportBody.RtmrCount)],
            ReportData = ReferenceValues.Any,
        },
        AzureGuest = new AzureGuestAppraisalPolicy { Nonce = ReferenceValues.Any, PermitInsecureBoot = true },
    };

    /// <summary>What is accepted of SEV-SNP guests; null accepts none.</summary>
    public SnpAppraisalPolicy? Snp { get; init; }

    /// <summary>What is accepted of SGX enclaves; null accepts none.</summary>
    public SgxAppraisalPolicy? Sgx { get; init; }

    /// <summary>What is accepted of TDX trust domains; null accepts none.</summary>
    public TdxAppraisalPolicy? Tdx { get; init; }

    /// <summary>What is accepted of Azure confidential VMs, beside what is accepted of their hardware; null accepts none.</summary>
    public AzureGuestAppraisalPolicy? AzureGuest { get; init; }

    /// <summary>Rules over the claims, in MAA's language, as their owner gave them; null for none. They can only narrow what the rest of the policy accepts.</summary>
    public PolicyDocument? ClaimRules { get; init; }

    /// <summary>
    /// Parses a policy file: a JSON object with an object for each kind of evidence that is accepted (<c>snp</c>, <c>sgx</c>, <c>tdx</c>, <c>azureGuest</c>), whose
    /// members are this record's properties in camel case. Reference values are arrays of hex, or <c>"any"</c>; <c>claimRules</c> is the text of
    /// a policy in MAA's language. docs/guides/verify-evidence.md shows one.
    /// </summary>
    /// <exception cref="MalformedException">It is no such object, a value is of the wrong kind or size, or a name is not known.</exception>
    public static AppraisalPolicy Parse(ReadOnlyMemory<byte> utf8) => AppraisalPolicyFile.Read(utf8, members => new AppraisalPolicy
    {
        Snp = members.Object("snp", SnpPolicyFile.Read),
        Sgx = members.Object("sgx", SgxPolicyFile.Read),
        Tdx = members.Object("tdx", TdxPolicyFile.Read),
        AzureGuest = members.Object("azureGuest", AzureGuestPolicyFile.Read),
        ClaimRules = members.Text("claimRules") is { } rules ? PolicyDocument.Of(MaaPolicy.Parse(rules)) : null,
    });

    /// <summary>Appraises verified evidence.</summary>
    /// <returns>The claims it supports, or every reason why it is not acceptable.</returns>
    public Verdict<ClaimSet> Appraise(VerifiedEvidence evidence) => evidence.AppraiseBy(this);

    /// <summary>The claims where a kind's part of the policy is there and finds nothing, narrowed by the rules; what it finds otherwise.</summary>
    internal Verdict<ClaimSet> Decide(VerifiedEvidence evidence, string kind, List<Finding>? findings, Func<Dictionary<string, ClaimValue>> makeClaims)
    {
        if (findings is null) return new Finding("policy-absent", kind, "a policy for this kind of evidence", "none");
        if (findings.Count > 0) return findings;
        var claims = makeClaims();
        if (ClaimRules is not { Policy: { } rules }) return new ClaimSet(claims, evidence.ToAttestationResult());
        if (ClaimRules.Signer is { } signer) claims[ClaimNames.PolicySigner] = PolicyStatement.SignerClaim(signer);
        if (!rules.Evaluate(claims).IsAccepted(out var outcome, out var refused)) return new Verdict<ClaimSet>.Rejected(refused);
        if (evidence is VerifiedSgxEvidence sgx && outcome.TcbBaseline is { } baseline && sgx.Tcb.EvaluationDataNumber < baseline)
            return new Finding("tcb-evaluation-too-old", "tcbEvaluationDataNumber", $"at least {baseline}, as the policy asks", $"{sgx.Tcb.EvaluationDataNumber}", "MAA policy 1.1, configurationrules");
        return new ClaimSet(outcome.Claims, evidence.ToAttestationResult()) { Lifetime = outcome.Lifetime };
    }
}
