using System.Text.Json;
using Cove.Cli.Groups;
using Cove.Protocol.Launch;

namespace Cove.Cli.Commands.Run;

/// <summary>
/// Tells a run as it happens, and keeps what its answer needs. What the containers that the run is about print is its answer; what their
/// sidecars print is part of the story.
/// </summary>
/// <param name="terminal">Where it is told.</param>
/// <param name="json">Whether the answer is a document instead.</param>
/// <param name="told">The containers that the run is about; empty for all.</param>
internal sealed class GroupStory(Terminal terminal, bool json, IReadOnlyList<string> told)
{
    private const string DeniedCode = "denied";

    private readonly Dictionary<string, int> ended = [];
    private bool running;

    /// <summary>Why the group could not be launched or kept; null while all is well.</summary>
    public LaunchEvent.LaunchFailed? Failed { get; private set; }

    public void Tell(LaunchEvent said)
    {
        switch (said)
        {
            case LaunchEvent.StepDone step:
                terminal.Step(step.Step, step.Text);
                break;
            case LaunchEvent.ContainerLog line when !json && (told.Count == 0 || told.Contains(line.Container)):
                terminal.Out.Line(terminal.Out.Printable(line.Text));
                terminal.Out.Flush();
                break;
            case LaunchEvent.ContainerLog line:
                terminal.Note(terminal.Error.Faint($"{line.Container.PadRight(9)} {terminal.Error.Printable(line.Text)}"));
                break;
            case LaunchEvent.ContainerEnded end:
                ended[end.Container] = end.ExitCode;
                terminal.Step("ended", $"container {end.Container} with exit code {end.ExitCode}");
                break;
            case LaunchEvent.GroupRunning:
                running = true;
                break;
            case LaunchEvent.LaunchFailed failed:
                Failed = failed;
                break;
        }
    }

    /// <summary>The command's answer: the containers' ends, or the failure.</summary>
    public Answer Answer(CoveHome home, LaunchSpec spec, string policyHash)
    {
        if (Failed is { } failed) throw Failure(failed);
        var code = spec.Containers.Select(container => container.Name)
            .Where(name => spec.Until.Count == 0 || spec.Until.Contains(name))
            .Select(name => ended.GetValueOrDefault(name)).FirstOrDefault(exit => exit != 0);
        return Output.Answer.Of(_ => { }, writer => Write(writer, home, spec, policyHash), code);
    }

    private void Write(Utf8JsonWriter writer, CoveHome home, LaunchSpec spec, string policyHash)
    {
        var group = KnownGroup.Find(home, spec.Group);
        writer.WriteStartObject();
        writer.WriteString("group", spec.Group);
        writer.WriteString("policyHash", policyHash);
        writer.WriteString("measurement", group.State.Measurement);
        writer.WriteString("isolation", spec.Isolation);
        writer.WriteString("network", spec.Network);
        writer.WriteBoolean("simulated", group.State.Simulated);
        writer.WriteNumber("agentReadyMilliseconds", group.State.ReadyMilliseconds);
        writer.WriteBoolean("running", running && group.Status == GroupStatus.Running);
        writer.WriteStartArray("containers");
        foreach (var container in group.State.Containers)
        {
            writer.WriteStartObject();
            writer.WriteString("name", container.Name);
            if (container.ExitCode is { } exit) writer.WriteNumber("exitCode", exit);
            else writer.WriteNull("exitCode");
            writer.WriteString("logs", File.Exists(group.Log(container)) ? File.ReadAllText(group.Log(container)) : "");
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static CommandFailedException Failure(LaunchEvent.LaunchFailed failed) => failed.Code switch
    {
        DeniedCode => CommandFailedException.Rejected(failed.Message, failed.Findings, failed.Hint),
        "not-permitted" => CommandFailedException.NotPermitted(failed.Code, failed.Message, failed.Hint),
        "malformed" => new CommandFailedException(new Failure(ExitCode.Malformed, failed.Code, failed.Message, failed.Hint)),
        "group-busy" => CommandFailedException.Usage(failed.Code, failed.Message, failed.Hint),
        "bug" => new CommandFailedException(new Failure(ExitCode.Bug, failed.Code, failed.Message, failed.Hint)),
        _ => CommandFailedException.Unavailable(failed.Code, failed.Message, failed.Hint),
    };
}
