using Cove.Cli.Groups;

namespace Cove.Cli.Commands.Group;

internal sealed class PsCommand : CoveCommand
{
    public PsCommand()
        : base("ps", "list container groups")
    {
        Example("cove ps", "what runs, under which policy, and how each container ended");
    }

    protected internal override Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        IReadOnlyList<GroupRow> rows =
        [
            .. KnownGroup.All(call.Home).Select(group => new GroupRow(
                group.State.Group, group.Status, group.State.Isolation, group.State.Simulated, group.State.PolicyHash, group.State.Launched,
                [.. group.State.Containers.Select(container => new ContainerRow(container.Name, container.ExitCode))])),
        ];
        return Task.FromResult(Answer.Of(rows, GroupJson.Default.IReadOnlyListGroupRow, Write));
    }

    private static void Write(Page page, IReadOnlyList<GroupRow> rows)
    {
        if (rows.Count == 0)
        {
            page.Line("no groups");
            return;
        }

        var table = new Table("GROUP", "STATUS", "ISOLATION", "POLICY", "CONTAINERS");
        foreach (var row in rows)
        {
            table.Row(
                row.Name,
                row.Status.ToString().ToLowerInvariant(),
                row.Simulated ? row.Isolation + " (simulated)" : row.Isolation,
                row.PolicyHash[..12],
                string.Join(", ", row.Containers.Select(container => container.ExitCode is { } code ? $"{container.Name} (exit {code})" : container.Name)));
        }

        table.WriteTo(page);
    }
}
