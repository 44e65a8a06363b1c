using System.Security.Cryptography;
using System.Text;

namespace Cove.Agent;

/// <summary>How the agent was started.</summary>
/// <param name="Control">The Unix socket it listens on for hosts.</param>
/// <param name="State">A folder it covers with memory of its own; nothing of it is seen outside or survives the agent.</param>
/// <param name="SecureProcessor">The simulated secure processor's socket; null to use the machine's own.</param>
/// <param name="Runc">The OCI runtime.</param>
/// <param name="Cgroup">The control group its containers' groups are made in: its own, by default named after the state folder.</param>
/// <param name="ScratchDisk">The target of the machine's scratch disk; null where the agent runs in no machine: then writable layers are memory.</param>
internal sealed record AgentOptions(string Control, string State, string? SecureProcessor, string Runc, string Cgroup, int? ScratchDisk = null)
{
    /// <summary>Whether the agent is a machine's first process.</summary>
    public bool IsMachine => ScratchDisk is not null;

    /// <summary>Drivers that nothing before the first layer needs: loaded from the first call on, and what changes the guest waits for them.</summary>
    public Lazy<Task> Drivers { get; init; } = None;

    private static readonly Lazy<Task> None = new(Task.CompletedTask);

    private static readonly string[] Names = ["--control", "--state", "--secure-processor", "--runc", "--cgroup"];

    public const string Usage =
        "usage: Cove.Agent --control SOCKET --state DIR [--secure-processor SOCKET] [--runc PATH] [--cgroup PATH]";

    /// <summary>Reads the command line; null where it is not one.</summary>
    public static AgentOptions? Parse(IReadOnlyList<string> arguments)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < arguments.Count; i += 2)
        {
            if (i + 1 == arguments.Count || !Names.Contains(arguments[i])) return null;
            if (!values.TryAdd(arguments[i], arguments[i + 1])) return null;
        }

        if (!values.TryGetValue("--control", out var control) || !values.TryGetValue("--state", out var state)) return null;

        // These separate the options of an overlay mount, which the state folder's path becomes part of.
        if (!Path.IsPathFullyQualified(state) || state.AsSpan().ContainsAny(":,\\")) return null;
        return new AgentOptions(
            control,
            state.TrimEnd('/'),
            values.GetValueOrDefault("--secure-processor"),
            values.GetValueOrDefault("--runc", "runc"),
            values.GetValueOrDefault("--cgroup", OwnCgroup(state.TrimEnd('/'))));
    }

    private static string OwnCgroup(string state) => $"/cove/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(state)))[..16]}";
}
