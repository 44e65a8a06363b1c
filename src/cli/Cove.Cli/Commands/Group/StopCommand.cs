using System.CommandLine;
using Cove.Cli.Groups;

namespace Cove.Cli.Commands.Group;

internal sealed class StopCommand : CoveCommand
{
    private readonly Argument<string> group = new("group") { Description = "the group" };

    public StopCommand()
        : base("stop", "stop a group: its containers get a moment to end by themselves")
    {
        Add(group);
        Example("cove stop sealed-note", "stops the group; its logs stay until cove rm");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var known = KnownGroup.Find(call.Home, call.Get(group));
        var stopped = await GroupStopper.StopAsync(known, cancellation);
        return Answer.Of(
            new GroupDone(known.State.Group, stopped ? "stopped" : "was-not-running"),
            GroupJson.Default.GroupDone,
            (page, done) => page.Line(stopped ? $"{done.Name} stopped" : $"{done.Name} was not running"));
    }
}
