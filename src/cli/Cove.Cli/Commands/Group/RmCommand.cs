using System.CommandLine;
using Cove.Cli.Groups;

namespace Cove.Cli.Commands.Group;

internal sealed class RmCommand : CoveCommand
{
    private readonly Argument<string> group = new("group") { Description = "the group" };
    private readonly Option<bool> force = new("--force", "-f") { Description = "stop it first if it runs" };

    public RmCommand()
        : base("rm", "remove what is kept of a group: its state and logs")
    {
        Add(group);
        Add(force);
        Example("cove rm sealed-note", "forgets an ended group");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var known = KnownGroup.Find(call.Home, call.Get(group));
        if (known.Status is GroupStatus.Running or GroupStatus.Orphaned)
        {
            if (!call.Get(force))
                throw CommandFailedException.Usage("group-running", $"group {known.State.Group} is running", $"cove stop {known.State.Group}, or cove rm --force {known.State.Group}");
            await GroupStopper.StopAsync(known, cancellation);
        }

        Directory.Delete(known.Folder, recursive: true);
        return Answer.Of(new GroupDone(known.State.Group, "removed"), GroupJson.Default.GroupDone, (page, done) => page.Line($"{done.Name} removed"));
    }
}
