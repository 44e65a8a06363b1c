using System.Net;
using Cove.Guest.Attesters;
using Cove.Guest.Linux;
using Cove.Guest.Machine;
using Cove.Guest.Mounts;
using Cove.Protocol.Messages;

namespace Cove.Agent.Machines;

/// <summary>What the agent does as the first process of a machine, before it is what it is everywhere: the kernel's file systems, drivers, loopback.</summary>
internal static class MachineBoot
{
    private const string FirstModules = "/etc/cove/modules";
    private const string OtherModules = "/etc/cove/modules.other";
    private const string Folder = "/run/cove";
    private const string ControlGroups = "/sys/fs/cgroup";
    private const string Processor = Folder + "/processor.sock";
    private const string NewRoot = "/root";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Where a group finds the host's metadata service.</summary>
    public static IPAddress MetadataAddress { get; } = IPAddress.Parse("169.254.169.254");

    /// <summary>
    /// Where connections arrive that the host carries in to published ports: what listens for everybody has them, and what listens on localhost,
    /// as a sidecar that releases keys does, is not to be reached by a host.
    /// </summary>
    public static IPAddress OutsideAddress { get; } = IPAddress.Parse("169.254.169.253");

    /// <summary>Loads the drivers that the agent itself can do without.</summary>
    /// <exception cref="LinuxException">The kernel refused one.</exception>
    public static void LoadOtherDrivers() => KernelModules.Load(OtherModules);

    /// <summary>Makes the machine ready and says how the agent runs in it.</summary>
    /// <exception cref="LinuxException">The kernel refused: there is no going on.</exception>
    public static AgentOptions Run()
    {
        GuestMounts.MoveRoot(NewRoot);
        GuestMounts.MountKernel("proc", "/proc");
        GuestMounts.MountKernel("sysfs", "/sys");
        GuestMounts.MountKernel("devtmpfs", "/dev", "mode=0755");
        GuestMounts.MountKernel("devpts", "/dev/pts", "mode=0600,ptmxmode=0600");
        GuestMounts.MountMemory("/run", bytes: 0, Private);
        GuestMounts.MountKernel("cgroup2", ControlGroups);
        Directory.CreateDirectory(Folder, Private);
        KernelModules.Load(FirstModules);
        LoopbackInterface.BringUp(MetadataAddress, OutsideAddress);

        // A machine with hardware has that and nothing else; whatever a host says later cannot make this choice again.
        var simulated = AttesterDiscovery.Find(AttesterPaths.Default) is null;
        return new AgentOptions(Folder + "/agent.sock", Folder + "/state", simulated ? Processor : null, "/usr/sbin/runc", "/cove", GuestPaths.ScratchDisk);
    }
}
