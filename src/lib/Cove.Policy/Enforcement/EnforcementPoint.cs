using System.Collections.Frozen;
using Cove.Rego.Values;

namespace Cove.Policy.Enforcement;

/// <summary>A question that a guest asks its policy before it acts (spec §2.3).</summary>
/// <param name="Name">The name of the rule that answers it.</param>
/// <param name="Introduced">The guest interface version that brought it: an older policy need not answer it.</param>
/// <param name="Defaults">What an answer consists of where the policy does not say.</param>
/// <param name="UseFramework">Whether the framework answers for a policy that is older than the question, instead of the defaults.</param>
internal sealed record EnforcementPoint(string Name, SemanticVersion Introduced, RegoObject Defaults, bool UseFramework = false);

/// <summary>
/// Every enforcement point. To add one: a row here, its rule in the framework, and its method on <see cref="PolicyEnforcer"/>.
/// </summary>
internal static class EnforcementPoints
{
    /// <summary>The guest interface that this guest offers.</summary>
    internal static readonly SemanticVersion ApiVersion = SemanticVersion.Parse("0.12.0");

    private static readonly RegoObject Deny = Answer(false);
    private static readonly RegoObject Allow = Answer(true);

    internal static readonly FrozenDictionary<string, EnforcementPoint> All = new[]
    {
        Row("mount_device", "0.1.0", Deny),
        Row("mount_overlay", "0.1.0", Deny),
        Row("create_container", "0.1.0", Answer(false, ("env_list", RegoValue.Null), ("allow_stdio_access", RegoValue.False))),
        Row("unmount_device", "0.2.0", Allow),
        Row("exec_in_container", "0.2.0", Answer(true, ("env_list", RegoValue.Null))),
        Row("exec_external", "0.3.0", Answer(true, ("env_list", RegoValue.Null), ("allow_stdio_access", RegoValue.False))),
        Row("shutdown_container", "0.4.0", Allow),
        Row("signal_container_process", "0.5.0", Allow),
        Row("plan9_mount", "0.6.0", Allow),
        Row("plan9_unmount", "0.6.0", Allow),
        Row("unmount_overlay", "0.6.0", Allow),
        Row("get_properties", "0.7.0", Allow),
        Row("dump_stacks", "0.7.0", Allow),
        Row("runtime_logging", "0.8.0", Allow),
        Row("load_fragment", "0.9.0", Answer(false, ("add_module", RegoValue.False))),
        Row("scratch_mount", "0.10.0", Allow),
        Row("scratch_unmount", "0.10.0", Allow),
        Row("registry_changes", "0.10.0", Deny),
        Row("rw_mount_device", "0.11.0", RegoObject.Empty, useFramework: true),
        Row("rw_unmount_device", "0.11.0", RegoObject.Empty, useFramework: true),
        Row("mount_cims", "0.11.0", Deny),
        Row("log_provider", "0.11.0", Answer(true, ("providers_to_keep", RegoValue.Null))),
        Row("mount_blockdev", "0.11.1", Deny),
        Row("unmount_blockdev", "0.11.1", Deny),
        Row("load_transparency_trust_list", "0.12.0", Deny),
        Row("host_network", "0.12.0", Deny),
    }.ToFrozenDictionary(point => point.Name, StringComparer.Ordinal);

    private static EnforcementPoint Row(string name, string introduced, RegoObject defaults, bool useFramework = false) =>
        new(name, SemanticVersion.Parse(introduced), defaults, useFramework);

    private static RegoObject Answer(bool allowed, params ReadOnlySpan<(string Key, RegoValue Value)> more)
    {
        var answer = RegoObject.Of(("allowed", RegoValue.Of(allowed)));
        foreach (var (key, value) in more) answer = answer.With(key, value);
        return answer;
    }
}
