using System.Text.Json.Serialization;
using Cove.Outcomes;

namespace Cove.Protocol.Launch;

/// <summary>What the runtime says while it runs a group: one JSON object a line.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(StepDone), "step")]
[JsonDerivedType(typeof(ContainerLog), "log")]
[JsonDerivedType(typeof(ContainerEnded), "exited")]
[JsonDerivedType(typeof(GroupRunning), "running")]
[JsonDerivedType(typeof(GroupEnded), "ended")]
[JsonDerivedType(typeof(LaunchFailed), "failed")]
public abstract record LaunchEvent
{
    private LaunchEvent()
    {
    }

    /// <summary>A step of the launch is done.</summary>
    /// <param name="Step">Which: <c>agent</c>, <c>policy</c>, <c>layers</c>, <c>container</c>.</param>
    /// <param name="Text">What was done, for a person.</param>
    public sealed record StepDone(string Step, string Text) : LaunchEvent;

    /// <summary>A container printed something.</summary>
    /// <param name="Container">Its name.</param>
    /// <param name="Text">One line, without its end.</param>
    public sealed record ContainerLog(string Container, string Text) : LaunchEvent;

    /// <summary>A container ended for good.</summary>
    /// <param name="Container">Its name.</param>
    /// <param name="ExitCode">Its code, or 128 plus the signal that ended it.</param>
    public sealed record ContainerEnded(string Container, int ExitCode) : LaunchEvent;

    /// <summary>Every container was started.</summary>
    public sealed record GroupRunning : LaunchEvent;

    /// <summary>The group is over and taken apart.</summary>
    public sealed record GroupEnded : LaunchEvent;

    /// <summary>The group could not be launched, or not kept running.</summary>
    /// <param name="Code">Stable code, e.g. <c>denied</c>.</param>
    /// <param name="Message">One sentence.</param>
    /// <param name="Hint">The next command, where there is one.</param>
    /// <param name="Findings">Every reason of a denial.</param>
    public sealed record LaunchFailed(string Code, string Message, string? Hint, IReadOnlyList<Finding> Findings) : LaunchEvent;
}
