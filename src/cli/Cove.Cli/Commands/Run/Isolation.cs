using Cove.Cli.Host;

namespace Cove.Cli.Commands.Run;

/// <summary>What can hold a group. <c>auto</c> takes the strongest that cove can give on this host.</summary>
internal static class Isolation
{
    public const string Process = "process";

    public const string Machine = "vm";

    public static string Choose(string wanted, HostProbe probe)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            throw CommandFailedException.NotPermitted("not-root", "namespaces and mounts need root on Linux", "sudo ./cove run ...");
        return wanted switch
        {
            "auto" => MachineSupport.OfHost(probe) is { Program: true, Accelerated: true } ? Machine : Process,
            Process => Process,
            Machine when MachineSupport.OfHost(probe).Program => Machine,
            Machine => throw CommandFailedException.Unavailable("isolation-unavailable", "vm isolation needs QEMU, which this host lacks", "sudo apt-get install -y --no-install-recommends qemu-system-x86"),
            "snp" => throw CommandFailedException.Unavailable("isolation-unavailable", "snp isolation is not built yet: it was never tried on SEV-SNP hardware", "--isolation vm"),
            _ => throw CommandFailedException.Usage("isolation-unknown", $"there is no isolation {wanted}", "--isolation auto, vm or process"),
        };
    }
}
