using Cove.Outcomes;
using Cove.Policy.Enforcement;
using Cove.Policy.Model;
using Cove.Rego.Values;

namespace Cove.Policy.Explanation;

/// <summary>
/// Says which container came nearest to a denied request and which fields kept it out, with what was expected and what was asked.
/// Values of environment variables appear in neither.
/// </summary>
internal sealed class DenialExplainer(EnforcementEngine engine)
{
    private const string Section = "container-policy §2.5";

    /// <summary>The findings of a denial, the nearest container's first. Never empty.</summary>
    internal IReadOnlyList<Finding> Explain(string point, RegoObject input, Ruling denial)
    {
        if (denial is Ruling.Failed failed)
            return [new Finding("policy-error", point, "a policy that answers", failed.Error, "container-policy §2.3")];
        var asked = input.With("rule", RegoValue.Of(point));
        IReadOnlyList<Finding> found = point switch
        {
            "mount_overlay" => Layers(asked),
            "create_container" or "exec_in_container" => Containers(point, asked),
            "exec_external" => External(asked),
            "signal_container_process" => Signals(asked),
            "load_fragment" => FragmentFindings.For(engine.Look("data.framework.candidate_imports", asked), asked, ((Ruling.Denied)denial).Errors),
            "load_transparency_trust_list" => FragmentFindings.For(engine.Look("data.framework.candidate_trust_lists", asked), asked, ((Ruling.Denied)denial).Errors),
            _ => Plain.For(point, asked, (Ruling.Denied)denial),
        };
        if (found is [{ Code: "denied-by-policy" }] && denial is Ruling.Denied { Errors.Count: 0 } && RuleFindings.For(engine, point, asked) is { Count: > 0 } rules) return rules;
        return found.Count > 0 ? found : Plain.For(point, asked, (Ruling.Denied)denial);
    }

    /// <summary>The containers that the policy and its fragments declare, with the names that the framework's own copies lack.</summary>
    private List<PolicyContainer> Declared(RegoObject input) =>
        [.. PolicyReader.Containers(engine.Look("data.framework.raw_containers", input)), .. PolicyReader.Containers(FragmentContainers())];

    private RegoArray FragmentContainers()
    {
        var containers = new List<RegoValue>();
        if (engine.Metadata.State["issuers"] is not RegoObject issuers) return RegoArray.Empty;
        foreach (var (_, issuer) in issuers.Entries())
        {
            if ((issuer as RegoObject)?["feeds"] is not RegoObject feeds) continue;
            foreach (var (_, loads) in feeds.Entries())
                containers.AddRange(PolicyReader.Objects(loads).SelectMany(load => PolicyReader.Objects(load["containers"])));
        }

        return RegoArray.Of([.. containers]);
    }

    private List<Finding> Containers(string point, RegoObject input)
    {
        var state = engine.Metadata.State;
        var id = PolicyReader.Text(input["containerID"]) ?? "";
        var started = (state["started"] as RegoObject)?[id] is not null;
        if (point == "create_container" && started)
            return [new Finding("container-already-started", $"containers[{id}]", "an identifier that was never used", "one that was", Section)];
        if (point == "exec_in_container" && !started)
            return [new Finding("container-not-started", $"containers[{id}]", "a container that runs", "none of this identifier", Section)];
        if ((state["matches"] as RegoObject)?[id] is not RegoArray matched)
            return [new Finding("overlay-not-mounted", $"containers[{id}]", "a root file system mounted for it", "none", Section)];
        return Nearest(matched, engine.Look("data.framework.mismatches", input), Declared(input), input, "containers");
    }

    private List<Finding> External(RegoObject input) => Nearest(
        engine.Look("data.framework.candidate_external_processes", input) as RegoArray ?? RegoArray.Empty,
        engine.Look("data.framework.mismatches", input),
        [],
        input,
        "external_processes");

    private static List<Finding> Nearest(RegoArray candidates, RegoValue? mismatches, List<PolicyContainer> declared, RegoObject input, string list)
    {
        var all = PolicyReader.Objects(mismatches).ToList();
        if (all.Count != candidates.Count) return [];
        return [.. PolicyReader.Objects(candidates)
            .Select((candidate, i) => (Candidate: candidate, Index: i, Mismatch: all[i]))
            .Select(item => FieldFindings.For(Label(PolicyReader.Container(item.Candidate), item.Index, declared, list), item.Candidate, item.Mismatch, input))
            .Where(findings => findings.Count > 0)
            .OrderBy(findings => findings.Count)
            .SelectMany(findings => findings)];
    }

    private static string Label(PolicyContainer candidate, int index, List<PolicyContainer> declared, string list) =>
        $"{list}[{candidate.Name ?? declared.FirstOrDefault(container => IsSame(container, candidate))?.Name ?? $"{index}"}]";

    private static bool IsSame(PolicyContainer declared, PolicyContainer candidate) =>
        declared.Layers.SequenceEqual(candidate.Layers, StringComparer.Ordinal)
        && (declared.Command ?? []).SequenceEqual(candidate.Command ?? [], StringComparer.Ordinal)
        && declared.WorkingDir == candidate.WorkingDir
        && candidate.EnvRules.Take(declared.EnvRules.Count).SequenceEqual(declared.EnvRules);

    private List<Finding> Layers(RegoObject input)
    {
        var id = PolicyReader.Text(input["containerID"]) ?? "";
        var state = engine.Metadata.State;
        if ((state["matches"] as RegoObject)?[id] is not null)
            return [new Finding("overlay-already-mounted", $"containers[{id}]", "one root file system", "a second one", Section)];
        var target = PolicyReader.Text(input["target"]) ?? "";
        if ((state["overlayTargets"] as RegoObject)?[target] is not null)
            return [new Finding("overlay-target-in-use", target, "a free mount point", "one in use", Section)];
        var devices = state["devices"] as RegoObject ?? RegoObject.Empty;
        var asked = PolicyReader.Texts(input["layerPaths"]).Select(path => PolicyReader.Text(devices[path]) ?? $"nothing at {path}").Reverse().ToList();
        return [.. Declared(input)
            .Select((container, i) => LayerFindings($"containers[{(container.Name ?? $"{i}")}]", container.Layers, asked))
            .OrderBy(findings => findings.Distance)
            .SelectMany(findings => findings.Findings)];
    }

    private static (int Distance, List<Finding> Findings) LayerFindings(string container, IReadOnlyList<string> expected, List<string> asked)
    {
        if (expected.Count == asked.Count && expected.Order(StringComparer.Ordinal).SequenceEqual(asked.Order(StringComparer.Ordinal), StringComparer.Ordinal))
            return (1, [new Finding("layer-order", $"{container}.layers", string.Join(", ", expected), string.Join(", ", asked), Section)]);
        if (expected.Count != asked.Count)
        {
            return (expected.Except(asked, StringComparer.Ordinal).Count() + 1,
                [new Finding("layer-count", $"{container}.layers", $"{expected.Count} layers", $"{asked.Count} layers", Section)]);
        }

        var findings = Enumerable.Range(0, expected.Count)
            .Where(i => expected[i] != asked[i])
            .Select(i => new Finding("layer-mismatch", $"{container}.layers[{i}]", expected[i], asked[i], Section))
            .ToList();
        return (findings.Count, findings);
    }

    private List<Finding> Signals(RegoObject input)
    {
        var id = PolicyReader.Text(input["containerID"]) ?? "";
        if ((engine.Metadata.State["started"] as RegoObject)?[id] is null)
            return [new Finding("container-not-started", $"containers[{id}]", "a container that runs", "none of this identifier", Section)];
        if ((engine.Metadata.State["matches"] as RegoObject)?[id] is not RegoArray matched) return [];
        var signal = int.TryParse((input["signal"] as RegoNumber)?.Text, out var number) ? number : 0;
        var declared = Declared(input);
        var command = PolicyReader.Texts(input["argList"]);
        var findings = new List<Finding>();
        foreach (var (container, i) in PolicyReader.Objects(matched).Select((item, i) => (PolicyReader.Container(item), i)))
        {
            var label = Label(container, i, declared, "containers");
            if (PolicyReader.Flag(input["isInitProcess"]))
            {
                findings.Add(SignalFinding($"{label}.signals", container.Signals, signal));
                continue;
            }

            var process = container.ExecProcesses.FirstOrDefault(process => process.Command.SequenceEqual(command, StringComparer.Ordinal));
            findings.Add(process is null
                ? new Finding("exec-not-listed", $"{label}.exec_processes", FieldFindings.Commands(container.ExecProcesses), FieldFindings.Shown(command), Section)
                : SignalFinding($"{label}.exec_processes[{FieldFindings.Shown(command)}].signals", process.Signals, signal));
        }

        return findings;
    }

    private static Finding SignalFinding(string field, IReadOnlyList<int> allowed, int signal) =>
        new("signal-not-listed", field, allowed.Count == 0 ? "none" : string.Join(", ", allowed.Select(Generation.Signals.NameOf)), Generation.Signals.NameOf(signal), Section);
}
