using Cove.Cli.Development;

namespace Cove.Cli.Groups;

/// <summary>Ends a group from outside: the runtime takes it apart, or, where the runtime was killed, the agent does.</summary>
internal static class GroupStopper
{
    /// <returns>False where nothing was running.</returns>
    public static async Task<bool> StopAsync(KnownGroup group, CancellationToken cancellation)
    {
        switch (group.Status)
        {
            case GroupStatus.Running:
                await ServiceProcess.StopAsync(group.State.RuntimeProcess, cancellation);
                return true;
            case GroupStatus.Orphaned:
                await ServiceProcess.StopAsync(group.State.AgentProcess!.Value, cancellation);
                return true;
            default:
                return false;
        }
    }
}
