using Cove.Cli.Host;
using Cove.Cli.Shell;

namespace Cove.Cli.Tests.Host;

public sealed class HostReportTests
{
    private static readonly HostProbe Good = new(
        IsRoot: true,
        path => path is "/dev/loop-control" or "/sys/fs/cgroup/cgroup.controllers",
        path => path == "/proc/filesystems" ? "nodev\toverlay\n\text4\n" : null,
        (name, _) => new ProgramResult(true, $"{name} 1"));

    [Fact]
    public void A_host_with_everything_runs_process_isolation_and_says_that_evidence_is_simulated()
    {
        var report = HostReport.Of(Good);
        Assert.True(report.Ready);
        Assert.Equal("process", report.Isolation);
        Assert.Contains("simulated", report.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_without_runc_is_not_ready_and_gets_the_exact_command()
    {
        var report = HostReport.Of(Good with { Try = (name, arguments) => name == "runc" ? null : Good.Try(name, arguments) });
        Assert.False(report.Ready);
        Assert.Null(report.Isolation);
        Assert.Equal("sudo apt-get install -y runc", report.Checks.Single(c => c.Name == "runc").Fix);
    }

    private static readonly HostProbe Snp = Good with
    {
        Exists = path => Good.Exists(path) || path is "/dev/kvm" or "/dev/sev" or "/sys/module/kvm_amd",
        Read = path => path == "/sys/module/kvm_amd/parameters/sev_snp" ? "Y\n" : Good.Read(path),
    };

    [Fact]
    public void A_host_with_snp_and_an_image_that_it_can_launch_keeps_memory_from_itself()
    {
        var report = HostReport.Of(Snp, hasFirmware: true);
        Assert.Equal(("snp", "the host has SEV-SNP: evidence is the processor's own"), (report.Isolation, report.Reason));
    }

    [Fact]
    public void A_host_with_snp_that_lacks_something_says_what_and_takes_the_next_best()
    {
        var image = HostReport.Of(Snp, hasFirmware: false);
        Assert.Equal("vm", image.Isolation);
        Assert.Contains("cove guest build --ovmf", image.Reason, StringComparison.Ordinal);

        var old = HostReport.Of(Snp with { Try = (name, arguments) => new ProgramResult(arguments is not ["-object", ..], $"{name} 7.2") }, hasFirmware: true);
        Assert.Equal("vm", old.Isolation);
        Assert.Contains("sev-snp-guest", old.Reason, StringComparison.Ordinal);

        var off = HostReport.Of(Snp with { Read = path => path.EndsWith("sev_snp", StringComparison.Ordinal) ? "N\n" : Good.Read(path) }, hasFirmware: true);
        Assert.Equal("vm", off.Isolation);
        Assert.StartsWith("no SEV-SNP here", off.Reason, StringComparison.Ordinal);

        Assert.Equal("process", HostReport.Of(Snp with { Exists = path => path != "/dev/kvm" && Snp.Exists(path) }, hasFirmware: true).Isolation);
    }

    [Fact]
    public void A_way_out_needs_a_packet_filter_and_a_host_that_forwards_and_each_comes_with_its_command()
    {
        var able = Good with { Read = path => path == "/proc/sys/net/ipv4/ip_forward" ? "1\n" : Good.Read(path) };
        Egress.Require(Egress.Nat, able);
        Assert.All(HostReport.Of(able).Checks.Where(check => check.Name is "ip" or "nft" or "forwarding"), check => Assert.True(check.Present));

        Check(able with { Read = path => path == "/proc/sys/net/ipv4/ip_forward" ? "0\n" : Good.Read(path) }, "forwarding", "sudo sysctl -w net.ipv4.ip_forward=1");
        Check(able with { Try = (name, arguments) => name == "nft" ? null : Good.Try(name, arguments) }, "nft", "sudo apt-get install -y nftables");
        Check(able with { Try = (name, arguments) => name == "nft" ? new ProgramResult(false, "Operation not permitted") : Good.Try(name, arguments) }, "nft", null);

        static void Check(HostProbe probe, string lacks, string? fix)
        {
            var report = HostReport.Of(probe);
            Assert.True(report.Ready);
            Assert.Equal((false, fix), (report.Checks.Single(check => check.Name == lacks).Present, report.Checks.Single(check => check.Name == lacks).Fix));
            var refused = Assert.Throws<CommandFailedException>(() => Egress.Require(Egress.Nat, probe));
            Assert.Equal((ExitCode.Unavailable, "network-unavailable", fix ?? "cove doctor"), (refused.Failure.ExitCode, refused.Failure.Code, refused.Failure.Hint));
            Egress.Require(Egress.None, probe);
        }
    }

    [Fact]
    public void A_network_of_another_name_is_a_usage_error() =>
        Assert.Equal(ExitCode.Usage, Assert.Throws<CommandFailedException>(() => Egress.Parse("host")).Failure.ExitCode);

    [Fact]
    public void A_user_who_is_not_root_is_told_so()
    {
        var report = HostReport.Of(Good with { IsRoot = false });
        Assert.False(report.Ready);
        Assert.Equal("process isolation lacks root, namespaces", report.Reason);
    }

    [Fact]
    public void A_kernel_without_overlay_is_not_ready() =>
        Assert.False(HostReport.Of(Good with { Read = path => path == "/proc/filesystems" ? "\text4\n" : null }).Ready);

    [Fact]
    public void A_namespace_that_may_not_be_made_is_named_with_what_the_program_said() =>
        Assert.Equal(
            "unshare: unshare failed: Operation not permitted",
            HostReport.Of(Good with { Try = (name, _) => new(name != "unshare", "unshare: unshare failed: Operation not permitted") })
                .Checks.Single(c => c.Name == "namespaces").Found);
}
