using System.Text;
using Cove.Agent.Containers;
using Cove.Outcomes;
using Cove.Protocol.Messages;
using Cove.Protocol.Server;

namespace Cove.Agent.Calls;

/// <summary>What a host may learn of the guest's inside, where the policy allows it.</summary>
internal static class DiagnosticCalls
{
    public static GuestHandlers AddDiagnosticCalls(this GuestHandlers handlers, Guest guest) => handlers
        .On(GuestCalls.GetProperties, (_, cancellation) => guest.ChangeAsync(
            () => Task.FromResult(guest.Gate.GetProperties(() => new GetPropertiesResponse([.. guest.Containers.Select(Properties)]))), cancellation))
        .On(GuestCalls.DumpStacks, (_, cancellation) => guest.ChangeAsync(
            () => Task.FromResult(guest.Gate.DumpStacks(() => new DumpStacksResponse(Threads()))), cancellation))
        .On(GuestCalls.SetLogProviders, (request, cancellation) => guest.ChangeAsync(
            () => Task.FromResult(guest.Gate.LogProviders(
                request.Providers, kept => kept.Count == 0 ? new Done() : throw ContainerCalls.NotSupported("runs Linux, which has no log providers"))),
            cancellation));

    private static ContainerProperties Properties(Container container)
    {
        var group = new Cgroup(container.Spec.Cgroup);
        return new ContainerProperties(
            container.Spec.Id, container.State, container.ExitCode, container.Restarts, group.Processes, group.MemoryBytes, group.ProcessorNanoseconds);
    }

    private static string Threads()
    {
        var text = new StringBuilder();
        foreach (var line in File.ReadLines("/proc/self/status").Where(line => line.StartsWith("VmRSS:", StringComparison.Ordinal) || line.StartsWith("VmHWM:", StringComparison.Ordinal)))
            text.Append(line.Replace("\t", " ", StringComparison.Ordinal)).Append("; ");
        text.AppendLine();
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task").Order(StringComparer.Ordinal))
        {
            try
            {
                var state = File.ReadLines(Path.Combine(thread, "status")).FirstOrDefault(line => line.StartsWith("State:", StringComparison.Ordinal));
                text.Append(Path.GetFileName(thread)).Append(' ').Append(File.ReadAllText(Path.Combine(thread, "comm")).Trim()).Append(' ')
                    .AppendLine(state?["State:".Length..].Trim()).AppendLine(File.ReadAllText(Path.Combine(thread, "stack")));
            }
            catch (Exception ended) when (ended is IOException or UnauthorizedAccessException)
            {
                text.AppendLine("(ended, or its stack is not to be read)");
            }
        }

        return text.ToString();
    }
}
