namespace Cove.Cli.Host;

/// <summary>What is looked at, in the order in which it is shown.</summary>
internal static class HostChecks
{
    public static IEnumerable<HostCheck> All(HostProbe probe, MachineSupport machines)
    {
        yield return new("dotnet", true, Environment.Version.ToString(), true, "runs cove", null);
        yield return new("root", probe.IsRoot, probe.IsRoot ? "yes" : "no", true, "namespaces and mounts", "sudo ./cove doctor");
        yield return Namespaces(probe);
        yield return FileSystem(probe, "overlay", "joins the layers of an image");
        yield return FileSystem(probe, "ext4", "a layer is a read-only ext4 file system");
        yield return new("loop", probe.Exists("/dev/loop-control"), probe.Exists("/dev/loop-control") ? "/dev/loop-control" : "no /dev/loop-control", true, "mounts layer files", "sudo modprobe loop");
        yield return Program(probe, "runc", ["--version"], true, "runs the containers", "runc");
        yield return Program(probe, "busybox", ["--help"], true, "the samples' images are made of it", "busybox-static");
        yield return Program(probe, "openssl", ["version"], false, "an independent check of signatures in the samples", "openssl");
        yield return ControlGroups(probe);
        yield return Kvm(probe, machines.Accelerated);
        yield return Program(probe, MachineSupport.QemuProgram, ["--version"], false, "virtual machines (vm isolation)", "qemu-system-x86");
        yield return Program(probe, "ip", ["-V"], false, "a group's way out (--network nat), and a pod's network in a machine", "iproute2");
        yield return PacketFilter(probe);
        yield return Forwarding(probe);
        yield return SevSnp(machines.SnpHost);
        yield return Device(probe, "sev-guest", "/dev/sev-guest", "this machine is itself an SEV-SNP guest");
    }

    private static HostCheck Namespaces(HostProbe probe)
    {
        const string why = "separates a group from the host";
        if (!probe.IsRoot) return new("namespaces", false, "not tried: needs root", true, why, "sudo ./cove doctor");
        var tried = probe.Try("unshare", ["--mount", "--pid", "--net", "--fork", "true"]);
        return tried switch
        {
            null => new("namespaces", false, "no unshare program", true, why, "sudo apt-get install -y util-linux"),
            { Succeeded: true } => new("namespaces", true, "mount, pid and network: made and left", true, why, null),
            _ => new("namespaces", false, tried.FirstLine, true, why, null),
        };
    }

    private static HostCheck FileSystem(HostProbe probe, string name, string why)
    {
        var known = (probe.Read("/proc/filesystems") ?? "").Split('\n').Any(line => line.Split('\t')[^1] == name);
        return new(name, known, known ? "in the kernel" : "not in /proc/filesystems", true, why, $"sudo modprobe {name}");
    }

    private static HostCheck Program(HostProbe probe, string name, string[] arguments, bool needed, string why, string package)
    {
        var tried = probe.Try(name, arguments);
        var fix = $"sudo apt-get install -y {package}";
        return tried switch
        {
            null => new(name, false, "not found", needed, why, fix),
            { Succeeded: false } => new(name, false, tried.FirstLine, needed, why, fix),
            _ => new(name, true, tried.FirstLine, needed, why, null),
        };
    }

    private static HostCheck PacketFilter(HostProbe probe)
    {
        const string why = "rules of a group's way out (--network nat)";
        return Egress.PacketFilter(probe) switch
        {
            null => new("nft", false, "not found", false, why, Egress.PacketFilterFix),
            { Succeeded: false } refused => new("nft", false, refused.FirstLine, false, why, null),
            _ => new("nft", true, "usable", false, why, null),
        };
    }

    private static HostCheck Forwarding(HostProbe probe)
    {
        var on = Egress.Forwards(probe);
        return new("forwarding", on, on ? "net.ipv4.ip_forward is 1" : "net.ipv4.ip_forward is 0", false, "packets between groups and what is outside (--network nat)", on ? null : Egress.ForwardingFix);
    }

    private static HostCheck ControlGroups(HostProbe probe)
    {
        const string why = "limits of memory and processes";
        var unified = probe.Exists("/sys/fs/cgroup/cgroup.controllers");
        var hybrid = probe.Exists("/sys/fs/cgroup/unified");
        var found = (unified, hybrid) switch
        {
            (true, _) => "version 2",
            (_, true) => "hybrid of versions 1 and 2",
            _ => probe.Exists("/sys/fs/cgroup/memory") ? "version 1" : "none mounted",
        };
        return new("cgroups", found != "none mounted", found, false, why, found == "none mounted" ? "sudo mount -t cgroup2 none /sys/fs/cgroup" : null);
    }

    private static HostCheck Kvm(HostProbe probe, bool usable)
    {
        var device = probe.Exists("/dev/kvm");
        return new("kvm", usable, usable ? "/dev/kvm" : device ? "/dev/kvm of neither kvm_intel nor kvm_amd: not used" : "no /dev/kvm", false, "fast virtual machines (vm isolation)", null);
    }

    private static HostCheck Device(HostProbe probe, string name, string path, string why)
    {
        var present = probe.Exists(path);
        return new(name, present, present ? path : $"no {path}", false, why, null);
    }

    private static HostCheck SevSnp(bool enabled) =>
        new("sev-snp", enabled, enabled ? "/dev/sev, enabled in kvm_amd" : "no SEV-SNP host", false, "memory that the host cannot read (snp isolation)", null);
}
