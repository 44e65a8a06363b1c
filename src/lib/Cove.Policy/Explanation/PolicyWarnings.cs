using Cove.Policy.Generation;
using Cove.Policy.Model;

namespace Cove.Policy.Explanation;

/// <summary>What is risky about a policy.</summary>
internal static class PolicyWarnings
{
    private static readonly string[] Shells = ["/bin/sh", "/bin/bash", "/bin/ash", "/usr/bin/sh", "/usr/bin/bash", "sh", "bash"];

    internal static IEnumerable<PolicyWarning> For(PolicyDocument policy, IReadOnlyList<string> alwaysAllowed)
    {
        if (alwaysAllowed.Contains("create_container", StringComparer.Ordinal))
            yield return new(
                WarningSeverity.Danger, "allow-all", "create_container", "any container may be created: nothing that an attestation says about this policy protects anything");
        if (alwaysAllowed.Contains("mount_device", StringComparer.Ordinal))
            yield return new(WarningSeverity.Danger, "any-layer", "mount_device", "any image layer may be mounted");
        foreach (var warning in Flags(policy.Flags).Concat(policy.Containers.SelectMany(Container))) yield return warning;
        foreach (var process in policy.ExternalProcesses)
            yield return new(
                WarningSeverity.Warning, "external-process", "external_processes", $"{FieldFindings.Shown(process.Command)} may run in the guest itself, beside the containers");
        foreach (var fragment in policy.Fragments)
        {
            yield return new(
                WarningSeverity.Note, "fragment", $"fragments[{fragment.Feed}]",
                $"whoever signs as {fragment.Issuer} may add {string.Join(" and ", fragment.Includes)}, from security version {fragment.MinimumSvn} on");
        }
    }

    private static IEnumerable<PolicyWarning> Flags(PolicyFlags flags)
    {
        if (flags.AllowUnencryptedScratch)
            yield return new(
                WarningSeverity.Danger, "unencrypted-scratch", "allow_unencrypted_scratch", "what containers write may lie on the host's disks unencrypted");
        if (flags.AllowDumpStacks)
            yield return new(WarningSeverity.Warning, "dump-stacks", "allow_dump_stacks", "the host may have the guest's stacks");
        if (flags.AllowRuntimeLogging)
            yield return new(WarningSeverity.Warning, "runtime-logging", "allow_runtime_logging", "the guest's own log reaches the host");
        if (flags.AllowHostNetwork)
            yield return new(WarningSeverity.Warning, "host-network", "allow_host_network", "containers may use the guest's own network");
        if (flags.AllowPropertiesAccess)
            yield return new(WarningSeverity.Note, "properties-access", "allow_properties_access", "the host may see process lists and statistics");
        if (flags.AllowEnvironmentVariableDropping)
            yield return new(
                WarningSeverity.Note, "env-dropping", "allow_environment_variable_dropping", "a variable that no rule knows falls away and does not refuse the container");
    }

    private static IEnumerable<PolicyWarning> Container(PolicyContainer container)
    {
        var label = $"containers[{container.Label}]";
        if (container.AllowElevated)
            yield return new(
                WarningSeverity.Danger, "elevated", $"{label}.allow_elevated", "it may run privileged, with every capability and all devices of the guest");
        if (container.Command is null)
            yield return new(
                WarningSeverity.Warning, "no-command", $"{label}.command", "there is none, in the template or the image: it can never be created");
        foreach (var process in container.ExecProcesses.Where(process => process.Command is [var program, ..] && Shells.Contains(program, StringComparer.Ordinal)))
            yield return new(
                WarningSeverity.Danger, "shell-exec", $"{label}.exec_processes", $"the host may run {FieldFindings.Shown(process.Command)} in it");
        foreach (var warning in container.EnvRules.SelectMany(rule => Rule(label, rule))) yield return warning;
        foreach (var (pattern, field) in Identities(container).Where(identity => identity.Pattern.Strategy == "re2" && HasOpenAlternation(identity.Pattern.Pattern)))
            yield return Alternation($"{label}.{field}", pattern.Pattern);
        foreach (var mount in container.Mounts.Where(mount => HasOpenAlternation(mount.Source)))
            yield return Alternation($"{label}.mounts[{mount.Destination}]", mount.Source);
        if (container.Capabilities is { } sets && sets.Effective.Except(CapabilitySets.Unprivileged.Effective, StringComparer.Ordinal).ToList() is { Count: > 0 } more)
            yield return new(WarningSeverity.Warning, "capabilities", $"{label}.capabilities", $"beyond the default set: {string.Join(", ", more)}");
        if (container.AllowStdioAccess)
            yield return new(WarningSeverity.Note, "stdio", $"{label}.allow_stdio_access", "the host sees what it writes to standard output");
        if (container.User.User.Strategy == "any") yield return new(WarningSeverity.Note, "any-user", $"{label}.user", "it may run as any user");
    }

    private static IEnumerable<(IdentityRule Pattern, string Field)> Identities(PolicyContainer container) =>
        container.User.Groups.Select(group => (group, "user.group_idnames")).Prepend((container.User.User, "user.user_idname"));

    private static IEnumerable<PolicyWarning> Rule(string label, EnvRule rule)
    {
        var field = $"{label}.env_rules[{rule.NamePart}]";
        foreach (var pattern in new[] { (rule.Pattern, rule.Strategy), (rule.Name, rule.NameStrategy), (rule.Value, rule.ValueStrategy) }
            .Where(part => part.Item2 == "re2" && part.Item1 is not null && HasOpenAlternation(part.Item1)))
        {
            yield return Alternation(field, pattern.Item1!);
        }

        var value = rule.Value ?? rule.Pattern?[Math.Min(rule.Pattern.Length, rule.NamePart.Length + 1)..];
        var strategy = rule.ValueStrategy ?? rule.Strategy;
        if (strategy == "re2" && value is ".*" or ".+" && !EnvRules.IsInjected(rule.NamePart))
            yield return new(WarningSeverity.Warning, "env-wildcard", field, "the host may set it to any value");
    }

    private static PolicyWarning Alternation(string field, string pattern) => new(
        WarningSeverity.Warning, "unanchored-alternation", field,
        $"'{pattern}' is anchored at its ends only, so each alternative matches more than it says: put it in parentheses");

    /// <summary>Whether a pattern has an alternation outside every group and class.</summary>
    internal static bool HasOpenAlternation(string pattern)
    {
        var depth = 0;
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\': i++; break;
                case '[' when !inClass: inClass = true; break;
                case ']' when inClass: inClass = false; break;
                case '(' when !inClass: depth++; break;
                case ')' when !inClass: depth--; break;
                case '|' when !inClass && depth == 0: return true;
            }
        }

        return false;
    }
}
