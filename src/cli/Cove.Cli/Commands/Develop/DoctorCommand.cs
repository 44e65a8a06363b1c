using Cove.Cli.GuestImages;
using Cove.Cli.Host;
using Cove.Cli.Output;
using Cove.Cli.Shell;

namespace Cove.Cli.Commands.Develop;

internal sealed class DoctorCommand : CoveCommand
{
    private readonly Func<HostProbe> probe;

    public DoctorCommand()
        : this(HostProbe.OfThisMachine)
    {
    }

    internal DoctorCommand(Func<HostProbe> probe)
        : base("doctor", "say what this machine can do, and the command that supplies what it lacks")
    {
        this.probe = probe;
        Details = "Exit code 0 when `cove run` can work here, 5 when something that it needs is missing.";
        Example("cove doctor", "one line for each thing that cove uses");
        Example("cove doctor --json", "the same for a script: ready, isolation, checks");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var report = HostReport.Of(probe(), await new GuestImageStore(call).HasFirmwareAsync(cancellation));
        return Answer.Of(report, HostJson.Default.HostReport, Write, report.Ready ? ExitCode.Done : ExitCode.Unavailable);
    }

    private static void Write(Page page, HostReport report)
    {
        page.Line(report.Ready
            ? $"{page.Good("✓ ready")}: --isolation auto takes {report.Isolation}; {report.Reason}"
            : $"{page.Bad("✗ not ready")}: {report.Reason}");
        var name = report.Checks.Max(c => c.Name.Length);
        foreach (var check in report.Checks)
        {
            var mark = check.Present ? page.Good("✓") : check.Needed ? page.Bad("✗") : page.Faint("-");
            page.Line($"  {mark} {check.Name.PadRight(name)}  {check.Found}{(check.Present ? "" : page.Faint($"  ({check.Why})"))}");
        }

        var fixes = report.Checks.Where(c => c is { Present: false, Fix: not null }).ToArray();
        foreach (var check in fixes.Where(c => c.Needed)) page.Line($"next: {check.Fix}");
        foreach (var check in fixes.Where(c => !c.Needed)) page.Line($"optional: {check.Fix}");
        if (report.Ready) page.Line("next: cove run samples/sealed-note");
    }
}
