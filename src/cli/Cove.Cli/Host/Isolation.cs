
namespace Cove.Cli.Host;

/// <summary>What can hold a group. <c>auto</c> takes the strongest that cove can give on this host.</summary>
internal static class Isolation
{
    public const string Process = "process";

    public const string Machine = "vm";

    /// <summary>The same machine, with memory that the host cannot read.</summary>
    public const string Snp = "snp";

    /// <param name="wanted">What the user asked for.</param>
    /// <param name="probe">Asks the host.</param>
    /// <param name="hasFirmware">Whether the guest image carries OVMF.</param>
    public static string Choose(string wanted, HostProbe probe, bool hasFirmware)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            throw CommandFailedException.NotPermitted("not-root", "namespaces and mounts need root on Linux", "sudo ./cove run ...");
        return wanted switch
        {
            "auto" => Strongest(MachineSupport.OfHost(probe), hasFirmware),
            Process => Process,
            Machine when MachineSupport.OfHost(probe).Program => Machine,
            Machine => throw CommandFailedException.Unavailable("isolation-unavailable", "vm isolation needs QEMU, which this host lacks", "sudo apt-get install -y --no-install-recommends qemu-system-x86"),
            Snp when MachineSupport.OfHost(probe).SnpObstacle(hasFirmware) is { } obstacle => throw CommandFailedException.Unavailable("isolation-unavailable", $"snp isolation needs {obstacle.Lacks}", obstacle.Hint),
            Snp => Snp,
            _ => throw CommandFailedException.Usage("isolation-unknown", $"there is no isolation {wanted}", "--isolation auto, snp, vm or process"),
        };
    }

    /// <summary>What <c>auto</c> takes.</summary>
    public static string Strongest(MachineSupport machines, bool hasFirmware) =>
        machines.SnpObstacle(hasFirmware) is null ? Snp : machines is { Program: true, Accelerated: true } ? Machine : Process;
}
