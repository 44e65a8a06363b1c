using System.Text.Json;
using Cove.Outcomes;
using Cove.Protocol.Messages;
using Cove.Runtime.Shim.Messages;

namespace Cove.Runtime.Shim.Pods;

/// <summary>OCI's <c>linux.resources</c>, as far as a guest can be asked for them: most memory, most processor time. The rest the guest decides by itself.</summary>
internal static class OciResources
{
    private const string Type = "LinuxResources";
    private const double DefaultPeriod = 100_000;

    /// <summary>What a bundle asks for.</summary>
    public static ContainerResources Limits(JsonElement resources) => Change(new ContainerResources(), resources);

    /// <summary>What a container has after a change: what the change does not name stays, and -1 takes a limit away.</summary>
    public static ContainerResources Change(ContainerResources before, Any change)
    {
        if (!change.TypeUrl.EndsWith(Type, StringComparison.Ordinal)) throw new MalformedException("update of a task", "resources", $"are {change.TypeUrl}, not {Type}");
        try
        {
            using var json = JsonDocument.Parse(change.Value);
            return Change(before, json.RootElement);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or FormatException)
        {
            throw new MalformedException("update of a task", "resources", wrong.Message, inner: wrong);
        }
    }

    private static ContainerResources Change(ContainerResources before, JsonElement resources)
    {
        var cpu = resources.Member("cpu");
        var (memory, quota, period) = (resources.Member("memory").Number("limit"), cpu.Number("quota"), cpu.Number("period"));
        return new ContainerResources(
            memory == 0 ? before.MemoryBytes : Math.Max(0, memory),
            quota == 0 ? before.Cpus : quota < 0 ? 0 : quota / (period > 0 ? period : DefaultPeriod));
    }
}
