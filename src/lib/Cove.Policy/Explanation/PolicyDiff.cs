using Cove.Policy.Model;

namespace Cove.Policy.Explanation;

/// <summary>One difference between two policies.</summary>
/// <param name="Field">Where, e.g. <c>containers[app].command</c>.</param>
/// <param name="Left">What the first says; null where it says nothing.</param>
/// <param name="Right">What the second says; null where it says nothing.</param>
public sealed record PolicyDifference(string Field, string? Left, string? Right)
{
    /// <summary>In words.</summary>
    public override string ToString() => (Left, Right) switch
    {
        (null, _) => $"{Field}: only in the second: {Right}",
        (_, null) => $"{Field}: only in the first: {Left}",
        _ => $"{Field}: {Left} became {Right}",
    };
}

/// <summary>Compares what two policies declare. Containers are paired by name, else by image, else by layers; lists that mean sets are compared as sets.</summary>
public static class PolicyDiff
{
    /// <summary>Every difference, in the order of the first policy.</summary>
    public static IReadOnlyList<PolicyDifference> Compare(PolicyDocument left, PolicyDocument right)
    {
        var found = new List<PolicyDifference>();
        One(found, "api_version", left.ApiVersion, right.ApiVersion);
        One(found, "framework_version", left.FrameworkVersion, right.FrameworkVersion);
        Set(found, "fragments", left.Fragments, right.Fragments, fragment => $"{fragment.Feed} of {fragment.Issuer} from {fragment.MinimumSvn} ({string.Join(", ", fragment.Includes.Order(StringComparer.Ordinal))})");
        Set(found, "external_processes", left.ExternalProcesses, right.ExternalProcesses, process => FieldFindings.Shown(process.Command));
        Flags(found, left.Flags, right.Flags);
        var rest = right.Containers.ToList();
        foreach (var container in left.Containers)
        {
            var partner = rest.Find(other => container.Name is not null && other.Name == container.Name)
                ?? rest.Find(other => container.Id is not null && other.Id == container.Id)
                ?? rest.Find(other => other.Layers.SequenceEqual(container.Layers, StringComparer.Ordinal));
            if (partner is null)
            {
                found.Add(new PolicyDifference($"containers[{container.Label}]", Summary(container), null));
                continue;
            }

            rest.Remove(partner);
            Containers(found, $"containers[{container.Label}]", container, partner);
        }

        found.AddRange(rest.Select(container => new PolicyDifference($"containers[{container.Label}]", null, Summary(container))));
        return found;
    }

    private static string Summary(PolicyContainer container) =>
        $"{container.Id ?? "a container"} running {(container.Command is null ? "nothing" : FieldFindings.Shown(container.Command))}";

    private static void Containers(List<PolicyDifference> found, string label, PolicyContainer left, PolicyContainer right)
    {
        One(found, $"{label}.id", left.Id, right.Id);
        One(found, $"{label}.command", left.Command is null ? null : FieldFindings.Shown(left.Command), right.Command is null ? null : FieldFindings.Shown(right.Command));
        Set(found, $"{label}.env_rules", left.EnvRules, right.EnvRules, Shown);
        One(found, $"{label}.layers", string.Join(", ", left.Layers), string.Join(", ", right.Layers));
        Set(found, $"{label}.mounts", left.Mounts, right.Mounts, mount => $"{mount.Destination}: {mount.Type} of {mount.Source} ({string.Join(",", mount.Options.Order(StringComparer.Ordinal))})");
        Set(found, $"{label}.exec_processes", left.ExecProcesses, right.ExecProcesses, process => $"{FieldFindings.Shown(process.Command)} signals {string.Join(",", process.Signals.Order())}");
        Set(found, $"{label}.signals", left.Signals, right.Signals, Generation.Signals.NameOf);
        One(found, $"{label}.user", Shown(left.User), Shown(right.User));
        One(found, $"{label}.capabilities", left.Capabilities is null ? "default" : "listed", right.Capabilities is null ? "default" : "listed");
        foreach (var (a, b) in (left.Capabilities?.Named ?? []).Zip(right.Capabilities?.Named ?? []))
            Set(found, $"{label}.capabilities.{a.Name}", a.Members, b.Members, name => name);
        One(found, $"{label}.seccomp_profile_sha256", left.SeccompProfileSha256, right.SeccompProfileSha256);
        One(found, $"{label}.allow_elevated", left.AllowElevated, right.AllowElevated);
        One(found, $"{label}.working_dir", left.WorkingDir, right.WorkingDir);
        One(found, $"{label}.allow_stdio_access", left.AllowStdioAccess, right.AllowStdioAccess);
        One(found, $"{label}.no_new_privileges", left.NoNewPrivileges, right.NoNewPrivileges);
    }

    private static void Flags(List<PolicyDifference> found, PolicyFlags left, PolicyFlags right)
    {
        One(found, "allow_properties_access", left.AllowPropertiesAccess, right.AllowPropertiesAccess);
        One(found, "allow_dump_stacks", left.AllowDumpStacks, right.AllowDumpStacks);
        One(found, "allow_runtime_logging", left.AllowRuntimeLogging, right.AllowRuntimeLogging);
        One(found, "allow_environment_variable_dropping", left.AllowEnvironmentVariableDropping, right.AllowEnvironmentVariableDropping);
        One(found, "allow_unencrypted_scratch", left.AllowUnencryptedScratch, right.AllowUnencryptedScratch);
        One(found, "allow_capability_dropping", left.AllowCapabilityDropping, right.AllowCapabilityDropping);
        One(found, "allow_host_network", left.AllowHostNetwork, right.AllowHostNetwork);
    }

    // A rule is told by its name: what it compares with may be a secure value.
    private static string Shown(EnvRule rule) => (rule.Strategy ?? rule.ValueStrategy) == "string"
        ? $"{rule.NamePart} with one value{(rule.Required ? ", required" : "")}"
        : $"{rule.Pattern ?? $"{rule.Name}={rule.Value}"}{(rule.Required ? ", required" : "")}";

    private static string Shown(UserRule user) =>
        $"{user.User.Strategy} {user.User.Pattern}, groups {string.Join(" or ", user.Groups.Select(group => $"{group.Strategy} {group.Pattern}"))}, umask {user.Umask}";

    private static void One<T>(List<PolicyDifference> found, string field, T left, T right)
    {
        if (!EqualityComparer<T>.Default.Equals(left, right)) found.Add(new PolicyDifference(field, left?.ToString(), right?.ToString()));
    }

    // Compared as they are, told as text: two values that read alike can still differ.
    private static void Set<T>(List<PolicyDifference> found, string field, IReadOnlyList<T> left, IReadOnlyList<T> right, Func<T, string> show)
    {
        var keys = right.Select(Key).ToHashSet(StringComparer.Ordinal);
        found.AddRange(left.Where(item => !keys.Contains(Key(item))).Select(item => new PolicyDifference(field, show(item), null)));
        keys = left.Select(Key).ToHashSet(StringComparer.Ordinal);
        found.AddRange(right.Where(item => !keys.Contains(Key(item))).Select(item => new PolicyDifference(field, null, show(item))));

        string Key(T item) => item is EnvRule rule ? rule.ToString() : show(item);
    }
}
