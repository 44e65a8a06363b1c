namespace Cove.Cli.Commands.Run;

/// <summary>What can hold a group. <c>auto</c> takes the strongest that cove can give on this host.</summary>
internal static class Isolation
{
    public const string Process = "process";

    public static string Choose(string wanted)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            throw CommandFailedException.NotPermitted("not-root", "namespaces and mounts need root on Linux", "sudo ./cove run ...");
        return wanted switch
        {
            "auto" or Process => Process,
            "vm" or "snp" => throw CommandFailedException.Unavailable("isolation-unavailable", $"{wanted} isolation is not built yet", "--isolation process"),
            _ => throw CommandFailedException.Usage("isolation-unknown", $"there is no isolation {wanted}", "--isolation auto or process"),
        };
    }
}
