using System.CommandLine;
using System.Text;
using Cove.Cli.Groups;
using Cove.Protocol.Client;
using Cove.Protocol.Messages;

namespace Cove.Cli.Commands.Group;

internal sealed class ExecCommand : CoveCommand
{
    private readonly Argument<string> group = new("group") { Description = "the group" };
    private readonly Argument<string> container = new("container") { Description = "one of its containers" };
    private readonly Argument<string[]> command = new("command") { Description = "the command and its arguments, after --", Arity = ArgumentArity.OneOrMore };

    public ExecCommand()
        : base("exec", "run a command in a running container, where the policy allows it")
    {
        Add(group);
        Add(container);
        Add(command);
        Details = "The policy lists the exact commands that may be executed (exec_processes, from the template's probes). Anything else is denied: "
            + "exit 3, with the container and the field that did not match. Otherwise the command's own exit code is passed on.";
        Example("cove exec web app -- /bin/healthy --verbose", "runs a command that the template's liveness probe names");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var known = KnownGroup.Find(call.Home, call.Get(group));
        var one = known.Container(call.Get(container));
        await using var guest = await known.ConnectAsync(cancellation);
        return call.Json ? await Collect(call, guest, one.Id, cancellation) : await Stream(call, guest, one.Id, cancellation);
    }

    private async Task<Answer> Stream(Invocation call, GuestClient guest, string id, CancellationToken cancellation)
    {
        await using var input = call.Terminal.OpenInput();
        await using var output = call.Terminal.OpenOutput();
        await using var error = Console.OpenStandardError();
        return Answer.Streamed((await Execute(call, guest, id, new GuestStdio(input, output, error), cancellation)).ExitCode);
    }

    private async Task<Answer> Collect(Invocation call, GuestClient guest, string id, CancellationToken cancellation)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var ended = await Execute(call, guest, id, new GuestStdio(null, output, error), cancellation);
        var row = new ExecRow(ended.ExitCode, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()));
        return Answer.Of(
            _ => { },
            writer => System.Text.Json.JsonSerializer.Serialize(writer, row, GroupJson.Default.ExecRow),
            ended.ExitCode);
    }

    private async Task<ExecResponse> Execute(Invocation call, GuestClient guest, string id, GuestStdio stdio, CancellationToken cancellation)
    {
        var answer = await guest.CallAsync(GuestCalls.Exec, new ExecRequest(id, call.Get(command)), stdio, cancellation);
        return answer.IsAccepted(out var ended, out var findings)
            ? ended
            : throw CommandFailedException.Rejected(
                $"the policy denies {string.Join(' ', call.Get(command))} in container {call.Get(container)}", findings, "cove policy explain TEMPLATE shows what is allowed");
    }
}
