using System.CommandLine;
using Cove.Cli.Groups;
using Cove.Protocol.Client;
using Cove.Protocol.Messages;

namespace Cove.Cli.Commands.Group;

internal sealed class LogsCommand : CoveCommand
{
    private readonly Argument<string> group = new("group") { Description = "the group" };
    private readonly Argument<string?> container = new("container") { Description = "one of its containers; all where it is left out", DefaultValueFactory = _ => null };
    private readonly Option<bool> follow = new("--follow", "-f") { Description = "go on until the container ends" };

    public LogsCommand()
        : base("logs", "print what containers wrote to their standard output and error")
    {
        Add(group);
        Add(container);
        Add(follow);
        Details = "A policy may keep a container's output inside the guest (allow_stdio_access); its log is then empty.";
        Example("cove logs sealed-note note", "what the container note printed");
        Example("cove logs sealed-note skr -f", "the sidecar's log as it grows");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var known = KnownGroup.Find(call.Home, call.Get(group));
        if (call.Get(follow) && known.GuestLives) return await Follow(call, known, known.Container(call.Get(container)), cancellation);

        var chosen = call.Get(container) is { } name ? [known.Container(name)] : known.State.Containers;
        IReadOnlyList<LogRow> rows = [.. chosen.Select(one => new LogRow(one.Name, File.Exists(known.Log(one)) ? File.ReadAllText(known.Log(one)) : ""))];
        return Answer.Of(rows, GroupJson.Default.IReadOnlyListLogRow, (page, logs) =>
        {
            foreach (var log in logs)
            {
                foreach (var line in log.Logs.TrimEnd('\n').Split('\n'))
                    page.Line(logs.Count == 1 ? page.Printable(line) : $"{page.Faint(log.Container.PadRight(8))} {page.Printable(line)}");
            }
        });
    }

    private static async Task<Answer> Follow(Invocation call, KnownGroup known, Protocol.Launch.GroupContainer one, CancellationToken cancellation)
    {
        await using var guest = await known.ConnectAsync(cancellation);
        await using var output = call.Terminal.OpenOutput();
        var answer = await guest.CallAsync(GuestCalls.Logs, new LogsRequest(one.Id, Follow: true), new GuestStdio(Output: output, Error: output), cancellation);
        return answer.IsAccepted(out _, out var findings)
            ? Answer.Streamed()
            : throw CommandFailedException.Rejected($"the policy keeps the output of {one.Name} inside the guest", findings);
    }
}
