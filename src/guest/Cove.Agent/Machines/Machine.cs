using Cove.Guest.Linux;
using Cove.Guest.Machine;

namespace Cove.Agent.Machines;

/// <summary>The agent as a machine's first process: from the kernel's hand to power off.</summary>
internal static class Machine
{
    /// <summary>Runs until the host asks for the end or is gone. Never returns on a machine: it powers off.</summary>
    public static async Task<int> RunAsync(TimeProvider time, CancellationTokenSource stop)
    {
        try
        {
            var options = MachineBoot.Run();
            options = options with { Drivers = new Lazy<Task>(() => Task.Run(() => LoadDrivers(stop))) };

            // The host's first call finds the agent's socket: nothing waits on the link before the agent listens.
            var link = new MachineLink(options, stop);
            await AgentHost.RunAsync(options, time, stop.Token, listening: () => _ = link.RunAsync());
        }
        catch (Exception fatal) when (fatal is LinuxException or IOException)
        {
            // The only words of a machine that cannot be: they name a call of the kernel, nothing of a group.
            await Console.Error.WriteLineAsync($"cove-agent: error: {fatal.Message}");
        }

        MachinePower.Off();
        return 0;
    }

    private static void LoadDrivers(CancellationTokenSource stop)
    {
        try
        {
            MachineBoot.LoadOtherDrivers();
        }
        catch (Exception fatal) when (fatal is LinuxException or IOException)
        {
            Console.Error.WriteLine($"cove-agent: error: {fatal.Message}");
            stop.Cancel();
            throw;
        }
    }
}
