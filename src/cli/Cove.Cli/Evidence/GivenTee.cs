using System.Text.Json;
using Cove.Attestation;
using Cove.Attestation.Claims;
using Cove.Cli.Output;
using Cove.Outcomes;

namespace Cove.Cli.Evidence;

/// <summary>Evidence of a TEE: verified, then appraised, and told as one table.</summary>
internal abstract class GivenTee(Attestation.Evidence evidence) : Given
{
    /// <summary>What genuineness rests on: each check knows the findings that fail it.</summary>
    protected abstract IReadOnlyList<Check> Genuine(IReadOnlyList<Finding> findings);

    /// <summary>What is asked of every guest, and what the user named.</summary>
    protected abstract IReadOnlyList<Check> Acceptable(AppraisalPolicy policy, VerifiedEvidence genuine, IReadOnlyList<Finding> findings);

    /// <summary>The policy, with what the user named in place of what it accepts.</summary>
    protected abstract AppraisalPolicy Narrow(AppraisalPolicy policy, Verification verification);

    /// <summary>What it is about, in one clause.</summary>
    protected abstract string Describe(VerifiedEvidence genuine);

    /// <summary>What JSON says beside checks and claims.</summary>
    protected abstract void WriteFacts(Utf8JsonWriter writer, VerifiedEvidence genuine);

    /// <summary>The option that would supply what was missing; null where nothing was.</summary>
    protected abstract string? MissingOption(IReadOnlyList<Finding> findings);

    public override Task<Answer> Verify(Verification verification, CancellationToken cancellation) => Task.FromResult(Verify(verification));

    protected static Check Of(string name, IReadOnlyList<Finding> findings, string found, params string[] codes) => Check.Of(name, findings, found, codes);

    internal static Check Compared(string name, ReferenceValues accepted, ReadOnlySpan<byte> actual) =>
        new(name, accepted == ReferenceValues.Any ? null : accepted.Accept(actual), Convert.ToHexStringLower(actual));

    private Answer Verify(Verification verification)
    {
        var path = verification.Path;
        if (!new EvidenceVerifier(verification.Anchors).Verify(evidence, verification.Collateral, verification.Time).IsAccepted(out var genuine, out var findings))
        {
            return MissingOption(findings) is { } option
                ? Answer.Rejected($"the {Name} cannot be told to be genuine, {path}", Genuine(findings), findings, $"cove verify {path} {option}")
                : Answer.Rejected($"the {Name} is not genuine, {path}", Genuine(findings), findings);
        }

        var policy = Narrow(verification.Policy, verification);
        var accepted = policy.Appraise(genuine).IsAccepted(out var claims, out findings);
        Check[] checks = [.. Genuine([]), .. Acceptable(policy, genuine, findings), .. Rules(policy, findings)];
        checks = [.. checks, .. Others(checks, findings)];
        return accepted ? Accepted(genuine, claims!, checks) : Answer.Rejected($"the {Name} is genuine, but not acceptable, {path}", checks, findings);
    }

    /// <summary>What no line of the table says: nothing that refuses is left out of it.</summary>
    private static IEnumerable<Check> Others(IReadOnlyList<Check> checks, IReadOnlyList<Finding> findings) => findings
        .Where(finding => !checks.Any(check => check.Passed is false && (check.Found == finding.Actual || check.Found.Contains(finding.Code, StringComparison.Ordinal))))
        .DistinctBy(finding => (finding.Code, finding.Field))
        .Select(finding => new Check(finding.Field, false, finding.Code));

    private static IEnumerable<Check> Rules(AppraisalPolicy policy, IReadOnlyList<Finding> findings)
    {
        // They are asked only about evidence that is acceptable without them.
        string[] codes = ["policy-denied", "policy-not-permitted", "policy-evaluation-failed"];
        if (policy.ClaimRules is null || findings.Any(finding => !codes.Contains(finding.Code))) yield break;
        yield return Of("claim rules", findings, "permit", codes);
    }

    private Answer Accepted(VerifiedEvidence genuine, ClaimSet claims, Check[] checks) => Answer.Of(
        page => VerdictPage.WriteAccepted(page, $"{Name} of {(genuine.IsSimulated ? "a SIMULATED processor, which protects nothing" : Describe(genuine))}", checks, null),
        writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("verdict", "accepted");
            writer.WriteString("type", Type);
            writer.WriteBoolean("simulated", genuine.IsSimulated);
            WriteFacts(writer, genuine);
            writer.WriteString("verifiedAt", genuine.VerifiedAt);
            VerdictPage.WriteChecks(writer, checks);
            writer.WriteStartObject("claims");
            foreach (var (name, value) in claims.Claims)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        });
}
