using System.Text;
using Cove.Outcomes;
using Cove.Policy.Enforcement;
using Cove.Policy.Model;
using Cove.Rego.Values;

namespace Cove.Policy.Explanation;

/// <summary>
/// Reads the denials that guests send (spec §2.3): finds the object in whatever text it is wrapped in, and asks the framework again, with the
/// candidates that the object holds, which fields did not match.
/// </summary>
public static class DenialReader
{
    /// <summary>Longest text that is read, in characters.</summary>
    public const int MaxLength = 4 * 1024 * 1024;

    private const string Format = "denial";

    // A policy of no containers: the candidates come from the denial.
    private const string Stage = """
        package policy
        api_version := "0.12.0"
        framework_version := "0.5.0"
        """;

    /// <summary>Reads a denial.</summary>
    /// <param name="text">The message, the base64 alone, or the JSON.</param>
    /// <param name="policy">The policy that denied, whose containers are then compared; null to take what the denial itself holds.</param>
    /// <exception cref="MalformedException">There is no denial in it.</exception>
    public static DenialReading Read(string text, PolicyText? policy = null)
    {
        if (text.Length > MaxLength) throw new MalformedException(Format, "text", $"is {text.Length} characters, at most {MaxLength} are read");
        var json = DenialObject.Extract(text) ?? Bare(text.Trim()) ?? throw new MalformedException(Format, "text", "holds no policyDecision< … >policyDecision, no base64 and no JSON of one");
        if (Parse(json) is not { } denial) throw new MalformedException(Format, "JSON", "is not an object that says \"decision\"");
        var input = denial["input"] as RegoObject;
        var reason = denial["reason"] as RegoObject;
        var point = PolicyReader.Text(input?["rule"]) ?? Guess(input);
        return new DenialReading
        {
            Point = point,
            ContainerId = PolicyReader.Text(input?["containerID"]),
            Errors = [.. PolicyReader.Texts(reason?["errors"]).Order(StringComparer.Ordinal)],
            PolicyError = PolicyReader.Text(denial["policyError"]),
            Reason = PolicyReader.Text(denial["reason"]),
            Findings = input is null || point is null ? [] : Findings(point, input, policy, reason?["error_objects"] as RegoArray),
            Truncated = PolicyReader.Texts(denial["truncated"]),
            Input = input?.ToJson(),
        };
    }

    private static string? Bare(string text)
    {
        if (text.StartsWith('{')) return text;
        var bytes = new byte[(text.Length / 4 * 3) + 3];
        return text.Length > 0 && Convert.TryFromBase64String(text, bytes, out var written) ? Encoding.UTF8.GetString(bytes, 0, written) : null;
    }

    private static RegoObject? Parse(string json)
    {
        try
        {
            return RegoValue.FromJson(Encoding.UTF8.GetBytes(json)) is RegoObject denial && denial["decision"] is RegoString ? denial : null;
        }
        catch (RegoJsonException bad)
        {
            throw new MalformedException(Format, "JSON", bad.Message, bad.Offset, bad);
        }
    }

    // Errors of evaluation do not name the point; the request's members do.
    private static string? Guess(RegoObject? input) => input switch
    {
        null => null,
        _ when input["deviceHash"] is not null => "mount_device",
        _ when input["layerPaths"] is not null => "mount_overlay",
        _ when input["sandboxDir"] is not null => "create_container",
        _ when input["signal"] is not null => "signal_container_process",
        _ when input["fragment_loaded"] is not null => "load_fragment",
        _ => null,
    };

    private static IReadOnlyList<Finding> Findings(string point, RegoObject input, PolicyText? policy, RegoArray? held)
    {
        if (point == "mount_device" && PolicyReader.Text(input["deviceHash"]) is { } hash)
            return [new Finding("layer-not-listed", "containers[*].layers", "the root hash of a layer of the policy", hash, "container-policy §2.5")];
        if (point is not ("create_container" or "exec_in_container") || PolicyReader.Text(input["containerID"]) is not { } id) return [];
        var engine = Engine(policy);
        // What was mounted is not in a denial: every container of the policy could have been meant.
        var candidates = policy is null ? point == "create_container" ? held : null : engine.Look("data.framework.candidate_containers", input) as RegoArray;
        if (candidates is null) return [];
        var state = engine.Metadata.State.With("matches", RegoObject.Of((id, RegoArray.Of([.. PolicyReader.Objects(candidates).Select(Restore)]))));
        engine.Metadata.State = point == "create_container" ? state : state.With("started", RegoObject.Of((id, RegoObject.Of(("privileged", RegoValue.False)))));
        var names = PolicyReader.Texts(input["envList"]).Select(DenialObject.NameOf).ToHashSet(StringComparer.Ordinal);
        var found = new DenialExplainer(engine).Explain(point, Restore(input), new Ruling.Denied(null)).Where(finding => IsTelling(finding, names)).ToList();
        return [.. found.GroupBy(finding => finding.Field.Split(']')[0], StringComparer.Ordinal).OrderBy(container => container.Count()).SelectMany(container => container)];
    }

    private static EnforcementEngine Engine(PolicyText? policy)
    {
        try
        {
            return new EnforcementEngine(policy?.Text ?? Stage, PolicyData.Create([]));
        }
        catch (EnforcementException bad)
        {
            throw new MalformedException("policy", "text", bad.Message, inner: bad);
        }
    }

    // Variables' values are not in a denial: of them only the names can be compared.
    private static bool IsTelling(Finding finding, HashSet<string> names) => finding.Code switch
    {
        "env-value-mismatch" or "denied-by-policy" => false,
        "env-missing" => !names.Contains(finding.Field[(finding.Field.LastIndexOf('[') + 1)..^1]),
        _ => true,
    };

    private static RegoObject Restore(RegoObject holder) => PolicyReader.Text(holder["capabilities"]) switch
    {
        "[privileged]" => holder.With("capabilities", ToRego.Capabilities(CapabilitySets.Privileged)),
        "[unprivileged]" => holder.With("capabilities", ToRego.Capabilities(CapabilitySets.Unprivileged)),
        _ => holder,
    };
}
