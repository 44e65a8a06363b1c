using Cove.Outcomes;
using Cove.Policy.Explanation;
using Cove.Policy.Model;
using Cove.Rego.Values;

namespace Cove.Policy.Generation;

/// <summary>
/// Reads ready container definitions (<c>--with-containers</c>): JSON in a policy's own form, one or a list. What is absent gets the usual default,
/// and lists whose order means nothing are sorted (spec §6.4).
/// </summary>
public static class ContainerDefinitions
{
    private const int MaxBytes = 4 * 1024 * 1024;

    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "allow_elevated", "allow_stdio_access", "capabilities", "command", "env_rules", "exec_processes", "id", "layers", "mounts", "name",
        "no_new_privileges", "seccomp_profile_sha256", "signals", "user", "working_dir",
    };

    /// <summary>The definitions.</summary>
    /// <exception cref="MalformedException">Not such definitions; says which member.</exception>
    public static IReadOnlyList<PolicyContainer> Parse(ReadOnlySpan<byte> json)
    {
        if (json.Length > MaxBytes) throw new MalformedException("container definitions", "document", $"is {json.Length} bytes, at most {MaxBytes}");
        RegoValue root;
        try
        {
            root = RegoValue.FromJson(json);
        }
        catch (RegoJsonException e)
        {
            throw new MalformedException("container definitions", "document", $"is not JSON: {e.Message}", e.Offset, e);
        }

        var items = root is RegoArray list ? list.AsSpan().ToArray() : [root];
        return [.. items.Select((item, i) => One(item as RegoObject
            ?? throw new MalformedException("container definitions", $"[{i}]", "is not an object"), i))];
    }

    private static PolicyContainer One(RegoObject from, int index)
    {
        foreach (var (key, _) in from.Entries())
        {
            // A misspelt restriction would otherwise be no restriction.
            if (key is not RegoString name || !Known.Contains(name.Value))
                throw new MalformedException("container definitions", $"[{index}].{key.ToJson()}", "is not a member of a container");
        }

        var container = PolicyReader.Container(from);
        return container with
        {
            AllowStdioAccess = from["allow_stdio_access"] is null || container.AllowStdioAccess,
            WorkingDir = container.WorkingDir.Length == 0 ? "/" : container.WorkingDir,
            Capabilities = (container.Capabilities ?? (container.AllowElevated ? CapabilitySets.Privileged : CapabilitySets.Unprivileged)).Select(Sorted),
            EnvRules = [.. container.EnvRules.OrderBy(rule => rule.Pattern ?? rule.Name, StringComparer.Ordinal)],
            ExecProcesses = [.. container.ExecProcesses.OrderBy(process => string.Join('\0', process.Command), StringComparer.Ordinal)],
            Mounts = [.. container.Mounts.Select(mount => mount with { Options = Sorted(mount.Options) }).OrderBy(mount => mount.Destination, StringComparer.Ordinal)],
            Signals = [.. container.Signals.Order()],
        };
    }

    private static IReadOnlyList<string> Sorted(IReadOnlyList<string> names) => [.. names.Order(StringComparer.Ordinal)];
}
