using System.Globalization;
using Cove.Outcomes;
using Cove.Policy.Enforcement;
using Cove.Policy.Model;
using Cove.Rego.Values;

namespace Cove.Policy.Explanation;

/// <summary>The findings of one candidate: a field each, with what it declares and what was asked.</summary>
internal static class FieldFindings
{
    private const string Section = "container-policy §2.5";

    /// <summary>The findings of a candidate for which the framework told the mismatching fields and positions.</summary>
    /// <param name="label">What to call it, e.g. <c>containers[app]</c>.</param>
    /// <param name="candidate">The container or process as the framework holds it.</param>
    /// <param name="mismatch">Its entry of the framework's explanation.</param>
    /// <param name="input">The request.</param>
    internal static List<Finding> For(string label, RegoObject candidate, RegoObject mismatch, RegoObject input)
    {
        var container = PolicyReader.Container(candidate);
        var findings = PolicyReader.Texts(mismatch["fields"]).Select(field => Field(label, field, container, input)).ToList();
        findings.AddRange(PolicyReader.Numbers(mismatch["mounts"]).Select(i => Mount(label, container, PolicyReader.Objects(input["mounts"]).ElementAt(i))));
        var variables = PolicyReader.Texts(input["envList"]);
        findings.AddRange(PolicyReader.Numbers(mismatch["env"]).Select(i => Variable(label, container, variables[i])));
        findings.AddRange(PolicyReader.Numbers(mismatch["required"]).Select(i => new Finding(
            "env-missing", $"{label}.env_rules[{container.EnvRules[i].NamePart}]", $"{container.EnvRules[i].NamePart}, as the rule requires", "not given, or another value", Section)));
        return findings;
    }

    /// <summary>A command line for a message.</summary>
    internal static string Shown(IEnumerable<string> command) => $"[{string.Join(", ", command.Select(part => $"\"{part}\""))}]";

    /// <summary>The commands of a list for a message.</summary>
    internal static string Commands(IReadOnlyList<ExecProcess> processes) =>
        processes.Count == 0 ? "none" : string.Join(" or ", processes.Select(process => Shown(process.Command)));

    private static Finding Field(string label, string field, PolicyContainer container, RegoObject input) => field switch
    {
        "command" => new Finding("command-mismatch", $"{label}.command", container.Command is null ? "none" : Shown(container.Command), Command(input), Section),
        "exec_processes" => new Finding("exec-not-listed", $"{label}.exec_processes", Commands(container.ExecProcesses), Command(input), Section),
        "user" => new Finding("user-mismatch", $"{label}.user", Expected(container.User), User(input), Section),
        "working_dir" => new Finding("working-dir-mismatch", $"{label}.working_dir", container.WorkingDir, PolicyReader.Text(input["workingDir"]) ?? "none", Section),
        "allow_elevated" => new Finding("privileged-not-allowed", $"{label}.allow_elevated", "unprivileged", "privileged", Section),
        "no_new_privileges" => new Finding("no-new-privileges-missing", $"{label}.no_new_privileges", "set", "not set", Section),
        "seccomp_profile_sha256" => new Finding(
            "seccomp-mismatch", $"{label}.seccomp_profile_sha256", Digest(container.SeccompProfileSha256), Digest(PolicyReader.Text(input["seccompProfileSHA256"])), Section),
        "capabilities" => Capabilities(label, container, input),
        _ => new Finding("field-mismatch", $"{label}.{field}", "what the policy declares", "something else", Section),
    };

    private static string Command(RegoObject input) => Shown(PolicyReader.Texts(input["argList"]));

    private static string Digest(string? sha256) => string.IsNullOrEmpty(sha256) ? "no profile" : sha256;

    private static string Expected(UserRule rule)
    {
        var groups = string.Join(" or ", rule.Groups.Select(Identity));
        return string.Create(CultureInfo.InvariantCulture, $"user {Identity(rule.User)}, groups {(groups.Length == 0 ? "none" : groups)}, umask {rule.Umask}");
    }

    private static string Identity(IdentityRule rule) => rule.Strategy == "any" ? "any" : $"{rule.Strategy} {rule.Pattern}";

    private static string User(RegoObject input)
    {
        static string One(RegoValue? who) => who is RegoObject identity ? $"{PolicyReader.Text(identity["id"])} ({PolicyReader.Text(identity["name"])})" : "none";
        var groups = string.Join(", ", PolicyReader.Objects(input["groups"]).Select(One));
        return $"user {One(input["user"])}, groups {(groups.Length == 0 ? "none" : groups)}, umask {PolicyReader.Text(input["umask"])}";
    }

    private static Finding Capabilities(string label, PolicyContainer container, RegoObject input)
    {
        var asked = input["capabilities"] is RegoObject sets ? PolicyReader.Capabilities(sets) : new CapabilitySets([], [], [], [], []);
        var allowed = container.Capabilities
            ?? (container.AllowElevated && PolicyReader.Flag(input["privileged"]) ? CapabilitySets.Privileged : CapabilitySets.Unprivileged);
        foreach (var ((name, expected), (_, actual)) in allowed.Named.Zip(asked.Named))
        {
            var missing = expected.Except(actual, StringComparer.Ordinal).ToList();
            var extra = actual.Except(expected, StringComparer.Ordinal).ToList();
            if (missing.Count + extra.Count == 0) continue;
            return new Finding(
                "capabilities-mismatch",
                $"{label}.capabilities.{name}",
                missing.Count == 0 ? "no more than is listed" : $"also {string.Join(", ", missing)}",
                extra.Count == 0 ? "without them" : $"also {string.Join(", ", extra)}",
                Section);
        }

        return new Finding("capabilities-mismatch", $"{label}.capabilities", "the listed sets", "others", Section);
    }

    private static Finding Mount(string label, PolicyContainer container, RegoObject mount)
    {
        var asked = PolicyReader.Mount(mount);
        var there = container.Mounts.FirstOrDefault(allowed => allowed.Destination == asked.Destination);
        return there is null
            ? new Finding(
                "mount-not-listed", $"{label}.mounts[{asked.Destination}]",
                container.Mounts.Count == 0 ? "no mount beyond the default ones" : $"one of {string.Join(", ", container.Mounts.Select(allowed => allowed.Destination))}",
                asked.Destination, Section)
            : new Finding("mount-mismatch", $"{label}.mounts[{asked.Destination}]", Shown(there), Shown(asked), Section);
    }

    private static string Shown(PolicyMount mount) => $"{mount.Type} of {mount.Source} ({string.Join(",", mount.Options)})";

    private static Finding Variable(string label, PolicyContainer container, string variable)
    {
        var name = DenialObject.NameOf(variable);
        var known = container.EnvRules.Any(rule => rule.NamePart == name);
        return new Finding(
            known ? "env-value-mismatch" : "env-not-listed",
            $"{label}.env_rules[{name}]",
            known ? "the value that the rule names" : "no such variable",
            known ? DenialObject.RedactVariable(variable).Replace("<<redacted>>", "<another value>", StringComparison.Ordinal) : DenialObject.RedactVariable(variable),
            Section);
    }
}
