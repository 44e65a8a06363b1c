using System.Text;
using System.Text.Json.Nodes;

namespace Cove.Agent.Tests.Support;

/// <summary>The text of a policy for these containers, in the form the generator gives it.</summary>
internal sealed record TestPolicy(string Layer, params TestContainer[] Containers)
{
    private static readonly string[] Points =
    [
        "mount_device", "unmount_device", "mount_overlay", "unmount_overlay", "create_container", "exec_in_container", "exec_external",
        "shutdown_container", "signal_container_process", "plan9_mount", "plan9_unmount", "get_properties", "dump_stacks", "runtime_logging",
        "load_fragment", "scratch_mount", "scratch_unmount",
    ];

    public bool Properties { get; init; }

    public bool DumpStacks { get; init; }

    public bool DropEnv { get; init; }

    /// <summary>A whole policy text instead of one made for the containers.</summary>
    public byte[]? Given { get; init; }

    public byte[] Bytes => Given ?? Encoding.UTF8.GetBytes(Text);

    public string Base64 => Convert.ToBase64String(Bytes);

    private string Text
    {
        get
        {
            var text = new StringBuilder("package policy\n\napi_version := \"0.10.0\"\nframework_version := \"0.2.3\"\n\nfragments := []\n\ncontainers := ");
            text.Append(new JsonArray([.. Containers.Select(container => container.Policy(Layer))]).ToJsonString()).Append("\n\n");
            foreach (var (flag, value) in (ReadOnlySpan<(string, bool)>)
            [
                ("allow_properties_access", Properties), ("allow_dump_stacks", DumpStacks), ("allow_runtime_logging", false),
                ("allow_environment_variable_dropping", DropEnv), ("allow_unencrypted_scratch", false), ("allow_capability_dropping", true),
            ])
            {
                text.Append(flag).Append(" := ").Append(value ? "true" : "false").Append('\n');
            }

            foreach (var point in Points) text.Append(point).Append(" := data.framework.").Append(point).Append('\n');
            return text.Append("reason := {\"errors\": data.framework.errors}").ToString();
        }
    }
}
