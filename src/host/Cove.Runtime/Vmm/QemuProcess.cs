using System.Diagnostics;
using System.Runtime.InteropServices;
using Cove.Outcomes;
using Cove.Runtime.Launch;
using Cove.Runtime.Network;

namespace Cove.Runtime.Vmm;

/// <summary>QEMU as a child that cannot outlive this process.</summary>
internal sealed partial class QemuProcess : IDisposable
{
    public const string Program = "qemu-system-x86_64";
    private const int Kill = 9;

    private readonly Process process;
    private readonly string log;

    private QemuProcess(Process process, string log)
    {
        (this.process, this.log) = (process, log);
        Ended = process.WaitForExitAsync();
    }

    public int? Id => process.HasExited ? null : process.Id;

    public Task Ended { get; }

    /// <summary>Starts it in the group's network, in which there is nothing but the group's own.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="network">The group's network.</param>
    /// <param name="log">The file that receives what QEMU itself prints.</param>
    /// <exception cref="UnavailableException">This host cannot start it.</exception>
    public static QemuProcess Start(VirtualMachine machine, GroupNetwork network, string log) =>
        new(BoundProcess.Start("QEMU", network, log, [Program, .. QemuArguments.Of(machine)]), log);

    /// <summary>What it printed last.</summary>
    public string LastWords() => File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(5)) : "";

    /// <summary>Ends it at once.</summary>
    public async Task KillAsync()
    {
        if (Id is { } id) _ = kill(id, Kill);
        await Ended;
    }

    public void Dispose() => process.Dispose();

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
}
