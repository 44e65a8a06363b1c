using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cove.Attestation.Claims;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Attestation.Maa.Policies;

/// <summary>
/// A policy in the language of Microsoft Azure Attestation, versions 1.0, 1.1 and 1.2: rules that permit or deny, and that issue claims
/// from those of the evidence.
/// </summary>
public sealed class MaaPolicy
{
    /// <summary>Longest text, in characters.</summary>
    public const int MaximumLength = 256 * 1024;

    /// <summary>What <see cref="MalformedException.Format"/> says of a text that is no policy.</summary>
    public const string Format = "MAA policy";

    private const string Section = "MAA policy 1.2";
    private const string LifetimeProperty = "report_validity_in_minutes";
    private const string TcbProperty = "x-ms-sgx-tcbidentifier";
    private const int MaximumLifetimeMinutes = 525_600;
    private readonly IReadOnlyDictionary<PolicySection, IReadOnlyList<PolicyRule>> _sections;

    private MaaPolicy(string text, IReadOnlyDictionary<PolicySection, IReadOnlyList<PolicyRule>> sections)
    {
        Text = text;
        _sections = sections;
    }

    /// <summary>The policy that MAA has for SEV-SNP guests until another is set: it permits every one.</summary>
    public static MaaPolicy DefaultSevSnpVm => DefaultPolicies.SevSnpVm;

    /// <summary>The policy that is in force for an attestation type until its owner sets another; null where there is none, and nothing is attested.</summary>
    public static MaaPolicy? DefaultFor(string attestationType) => DefaultPolicies.For(attestationType);

    /// <summary>The longest that a policy can let a token be valid: a year.</summary>
    public static TimeSpan LongestLifetime { get; } = TimeSpan.FromMinutes(MaximumLifetimeMinutes);

    /// <summary>The text, exactly as it was given.</summary>
    public string Text { get; }

    /// <summary>The policy's hash as MAA's tokens show it: base64url of SHA-256 over the base64url of the text.</summary>
    public string Hash => Base64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Base64Url.Encode(Encoding.UTF8.GetBytes(Text)))));

    /// <summary>Parses a policy.</summary>
    /// <exception cref="MalformedException">It is not one; the field says line and column, the problem the offending symbol.</exception>
    public static MaaPolicy Parse(string text) => text.Length <= MaximumLength
        ? new MaaPolicy(text, new PolicyParser(text).Parse())
        : throw new MalformedException(Format, "text", $"is {text.Length} characters, at most {MaximumLength} are read");

    /// <summary>Evaluates the policy on the claims that an appraisal supports.</summary>
    /// <returns>Those claims with the policy's own and its hash, or why there is no permission.</returns>
    internal Verdict<PolicyOutcome> Evaluate(IReadOnlyDictionary<string, ClaimValue> service)
    {
        var evaluation = new PolicyEvaluation(Incoming(service));
        try
        {
            foreach (var section in (ReadOnlySpan<PolicySection>)[PolicySection.Configuration, PolicySection.Authorization, PolicySection.Issuance])
            {
                if (_sections.TryGetValue(section, out var rules)) evaluation.Run(section, rules);
                if (section != PolicySection.Authorization) continue;
                if (evaluation.Denied) return new Finding("policy-denied", "authorizationrules", "no rule that denies", "a Deny claim was issued, authorization failed", Section);
                if (!evaluation.Permitted) return new Finding("policy-not-permitted", "authorizationrules", "a rule that permits", "none did", Section);
            }

            return new PolicyOutcome(Merge(service, evaluation), Lifetime(evaluation), TcbBaseline(evaluation));
        }
        catch (PolicyEvaluationException failed)
        {
            return new Finding("policy-evaluation-failed", "policy", "rules that can be evaluated on these claims", failed.Message, Section);
        }
    }

    private static IEnumerable<PolicyClaim> Incoming(IReadOnlyDictionary<string, ClaimValue> service)
    {
        foreach (var (name, value) in service)
        {
            foreach (var single in value is ClaimValue.Several several ? several.Values : [value])
                yield return new PolicyClaim(name, Visible(single), PolicyClaim.Service, ReadOnly: false);
        }

        foreach (var name in DefaultPolicies.SgxNames)
        {
            if (service.TryGetValue(name, out var value)) yield return new PolicyClaim("$" + name, Visible(value), PolicyClaim.Service, ReadOnly: false);
        }
    }

    private static ClaimValue Visible(ClaimValue value) => value is ClaimValue.Json json ? json.Value.GetRawText() : value;

    private Dictionary<string, ClaimValue> Merge(IReadOnlyDictionary<string, ClaimValue> service, PolicyEvaluation evaluation)
    {
        Dictionary<string, ClaimValue> all = new(service, StringComparer.Ordinal) { [ClaimNames.PolicyHash] = Hash };
        foreach (var (type, values) in evaluation.Issued)
        {
            ClaimValue value = values is [var one] ? one : new ClaimValue.Several(values);
            var isKnown = service.TryGetValue(type, out var own);
            if (isKnown || ClaimNames.IsServiceOwned(type))
            {
                // A policy may repeat what the service says, as MAA's own default policies do, and may not say otherwise.
                if (!isKnown || !Visible(own!).Equals(value)) throw new PolicyEvaluationException($"the claim {type} is the service's own and cannot be issued");
                continue;
            }

            all[type] = value;
        }

        return all;
    }

    // "azuredefault", or the number of a baseline as text.
    private static int? TcbBaseline(PolicyEvaluation evaluation)
    {
        if (!evaluation.Properties.TryGetValue(TcbProperty, out var baseline) || baseline.ToString() == "azuredefault") return null;
        return int.TryParse(baseline.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new PolicyEvaluationException($"{TcbProperty} is {baseline}, expected azuredefault or the number of a baseline");
    }

    private static TimeSpan? Lifetime(PolicyEvaluation evaluation)
    {
        if (!evaluation.Properties.TryGetValue(LifetimeProperty, out var minutes)) return null;
        return minutes is ClaimValue.Integer { Value: >= 1 and <= MaximumLifetimeMinutes } whole
            ? TimeSpan.FromMinutes(whole.Value)
            : throw new PolicyEvaluationException($"{LifetimeProperty} is {minutes}, expected 1 to {MaximumLifetimeMinutes}");
    }
}
