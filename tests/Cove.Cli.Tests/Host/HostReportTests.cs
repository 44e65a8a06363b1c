using Cove.Cli.Host;

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
