using System.Text;
using Cove.Policy.Model;
using Cove.Rego.Values;

namespace Cove.Policy.Enforcement;

/// <summary>The denial objects of the reference: redacted, cut to size, wrapped (spec §2.3).</summary>
public static class DenialObject
{
    /// <summary>Largest message, in bytes.</summary>
    public const int MaxBytes = 3 * 1024;

    private const string Before = "policyDecision< ";
    private const string After = " >policyDecision";
    private const string InvalidPolicy = "Security policy is not valid. Please check security policy or re-generate with tooling.";
    private const string NoReason = "Security policy is either not valid or did not provide a reason for denial. Please check security policy or re-generate with tooling.";

    /// <summary>Finds and decodes the object in a message, whoever wrote it; null where there is none.</summary>
    public static string? Extract(string message)
    {
        var start = message.IndexOf(Before, StringComparison.Ordinal);
        var end = message.LastIndexOf(After, StringComparison.Ordinal);
        if (start < 0 || end < start + Before.Length) return null;
        var base64 = message[(start + Before.Length)..end];
        var bytes = new byte[(base64.Length / 4 * 3) + 3];
        return Convert.TryFromBase64String(base64, bytes, out var written) ? Encoding.UTF8.GetString(bytes, 0, written) : null;
    }

    internal static string ForError(RegoObject input, string error, int maxBytes = MaxBytes) => Fit(
        RegoObject.Of(
            ("input", Redact(input)), ("decision", RegoValue.Of("deny")), ("reason", RegoValue.Of(InvalidPolicy)), ("policyError", RegoValue.Of(error))),
        maxBytes);

    internal static string ForReason(string point, RegoObject input, RegoValue? reason, int maxBytes = MaxBytes) => Fit(
        RegoObject.Of(
            ("input", Redact(input.With("rule", RegoValue.Of(point)))),
            ("decision", RegoValue.Of("deny")),
            ("reason", reason is null ? RegoValue.Of(NoReason) : RedactReason(reason))),
        maxBytes);

    /// <summary>The request without the values of its variables, and with the well-known capability sets by their names.</summary>
    internal static RegoObject Redact(RegoObject input)
    {
        if (input["envList"] is RegoArray envs)
            input = input.With("envList", RegoArray.Of([.. envs.AsSpan().ToArray().Select(env => env is RegoString text ? RegoValue.Of(RedactVariable(text.Value)) : env)]));
        return RedactCapabilities(input);
    }

    /// <summary><c>NAME=VALUE</c> without the value.</summary>
    internal static string RedactVariable(string variable) => $"{NameOf(variable)}=<<redacted>>";

    internal static string NameOf(string variable) =>
        variable.IndexOf('=', StringComparison.Ordinal) is >= 0 and var cut ? variable[..cut] : variable;

    private static RegoValue RedactReason(RegoValue reason)
    {
        if (reason is not RegoObject members || members["error_objects"] is not RegoArray objects) return reason;
        return members.With("error_objects", RegoArray.Of([.. objects.AsSpan().ToArray().Select(item => item is RegoObject obj ? RedactRules(RedactCapabilities(obj)) : item)]));
    }

    // A template's secure values stand in the policy's rules as text: they are no more for logs than the request's values are.
    private static RegoObject RedactRules(RegoObject holder)
    {
        if (holder["env_rules"] is not RegoArray rules) return holder;
        return holder.With("env_rules", RegoArray.Of([.. rules.AsSpan().ToArray().Select(RedactRule)]));
    }

    private static RegoValue RedactRule(RegoValue rule) => rule switch
    {
        RegoObject obj when obj["strategy"] is RegoString { Value: "string" } && obj["pattern"] is RegoString pattern =>
            obj.With("pattern", RegoValue.Of(RedactVariable(pattern.Value))),
        RegoObject obj when obj["value_strategy"] is RegoString { Value: "string" } => obj.With("value", RegoValue.Of("<<redacted>>")),
        _ => rule,
    };

    private static RegoObject RedactCapabilities(RegoObject holder)
    {
        if (holder["capabilities"] is not RegoObject capabilities) return holder;
        if (capabilities == ToRego.Capabilities(CapabilitySets.Privileged)) return holder.With("capabilities", RegoValue.Of("[privileged]"));
        return capabilities == ToRego.Capabilities(CapabilitySets.Unprivileged) ? holder.With("capabilities", RegoValue.Of("[unprivileged]")) : holder;
    }

    // What is dropped first is what the owner can best do without.
    private static string Fit(RegoObject denial, int maxBytes)
    {
        var message = Wrap(denial);
        if (maxBytes == 0 || message.Length <= maxBytes) return message;
        var dropped = new List<string>();
        foreach (var part in new[] { "reason.error_objects", "input", "reason" })
        {
            if (part == "reason.error_objects")
            {
                if (denial["reason"] is not RegoObject reason || reason["error_objects"] is null) continue;
                denial = denial.With("reason", reason.Without("error_objects"));
            }
            else
            {
                denial = denial.Without(part);
            }

            dropped.Add(part);
            denial = denial.With("truncated", ToRego.Texts(dropped));
            message = Wrap(denial);
            if (message.Length <= maxBytes) break;
        }

        return message;
    }

    private static string Wrap(RegoObject denial) => Before + Convert.ToBase64String(Encoding.UTF8.GetBytes(denial.ToJson())) + After;
}
