using Cove.Guest.Linux;

namespace Cove.Guest.Machine;

/// <summary>The machine's end, which only its first process may bring about.</summary>
public static class MachinePower
{
    private const int PowerOff = 0x4321FEDC;

    /// <summary>Powers off; what is not written to a disk is lost, and nothing of a guest is.</summary>
    /// <exception cref="LinuxException">This process may not.</exception>
    public static void Off() => LinuxException.Check(Libc.Reboot(PowerOff), "power off");
}
