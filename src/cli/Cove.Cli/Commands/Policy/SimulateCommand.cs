using System.CommandLine;
using Cove.Policy.Simulation;

namespace Cove.Cli.Commands.Policy;

internal sealed class SimulateCommand : CoveCommand
{
    private readonly Argument<string> recording = new("recording") { Description = "a recording: JSON with policies, requests and their outcomes; - is standard input" };

    public SimulateCommand()
        : base("simulate", "replay recorded requests against their policies, and compare the outcomes")
    {
        Add(recording);
        Details = "Exit code 0 when every outcome is as recorded, 3 when one is not.";
        Example("cove policy simulate recording.json", "how many agree, and each that does not");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var bytes = await call.Read(call.Get(recording), PolicySimulator.MaxBytes, cancellation);
        using var progress = call.Terminal.Progress("replaying");
        var report = await Task.Run(() => PolicySimulator.Replay(bytes, cancellation), cancellation);
        return Answer.Of(
            page =>
            {
                page.Line($"{(report.Differ == 0 ? page.Good("✓") : page.Bad("✗"))} {report.Agree} agree, {report.Differ} differ");
                foreach (var one in report.Differences)
                {
                    page.Line($"  {one.Scenario}, step {one.Step}, {one.Point}{(one.Note is { } note ? $": {note}" : "")}");
                    page.Line($"      expected  {one.Expected}");
                    page.Line($"      actual    {one.Actual}");
                }
            },
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteNumber("agree", report.Agree);
                writer.WriteNumber("differ", report.Differ);
                writer.WriteStartArray("differences");
                foreach (var one in report.Differences)
                {
                    writer.WriteStartObject();
                    writer.WriteString("scenario", one.Scenario);
                    writer.WriteNumber("step", one.Step);
                    writer.WriteString("point", one.Point);
                    writer.WriteString("note", one.Note);
                    writer.WriteString("expected", one.Expected);
                    writer.WriteString("actual", one.Actual);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            },
            report.Differ == 0 ? (int)ExitCode.Done : (int)ExitCode.Rejected);
    }
}
