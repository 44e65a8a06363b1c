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
    private readonly Option<bool> interactive = new("--interactive", "-i") { Description = "give it standard input; without, its input is empty" };
    private readonly Option<bool> tty = new("--tty", "-t") { Description = "give it a terminal that is yours: what you type, Ctrl-C too, and its size; with or without -i" };

    public ExecCommand()
        : base("exec", "run a command in a running container, where the policy allows it")
    {
        Add(group);
        Add(container);
        Add(command);
        Add(interactive);
        Add(tty);
        Details = "The policy lists the exact commands that may be executed (exec_processes, from the template's probes). Anything else is denied: "
            + "exit 3, with the container and the field that did not match. A terminal is denied where the policy keeps the container's streams inside "
            + "(allow_stdio_access). Otherwise the command's own exit code is passed on.";
        Example("cove exec web app -- /bin/healthy --verbose", "runs a command that the template's liveness probe names");
        Example("cove exec -it web app -- /bin/sh", "a shell, where the policy lists it");
        Example("cove exec -i web app -- /bin/load < rows.csv", "a command that reads a file of this host");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var onTerminal = call.Get(tty);
        if (onTerminal && call.Json) throw CommandFailedException.Usage("output-ambiguous", "a terminal's output is no document: --tty or --json, not both");
        if (onTerminal && !call.Terminal.Traits.InputIsTerminal)
            throw CommandFailedException.Usage("input-not-terminal", "--tty needs a terminal on standard input", "-i alone passes standard input on as it is");
        var known = KnownGroup.Find(call.Home, call.Get(group));
        var one = known.Container(call.Get(container));
        await using var guest = await known.ConnectAsync(cancellation);
        if (onTerminal) return await OnTerminal(call, guest, one.Id, cancellation);
        await using var input = call.Get(interactive) ? OpenInput(call.Terminal) : null;
        return call.Json ? await Collect(call, guest, one.Id, input, cancellation) : await Stream(call, guest, one.Id, input, cancellation);
    }

    private static AbandonedInput OpenInput(Terminal terminal) =>
        new(terminal.Traits.InputIsTerminal ? new TerminalDevice(TerminalWindow.Input) : terminal.OpenInput());

    private async Task<Answer> Stream(Invocation call, GuestClient guest, string id, Stream? input, CancellationToken cancellation)
    {
        await using var output = call.Terminal.OpenOutput();
        await using var error = Console.OpenStandardError();
        return Answer.Streamed((await Execute(call, guest, id, new GuestStdio(input, output, error), cancellation)).ExitCode);
    }

    private async Task<Answer> OnTerminal(Invocation call, GuestClient guest, string id, CancellationToken cancellation)
    {
        using var terminal = RawTerminal.TryOpen() ?? throw CommandFailedException.Usage("input-not-terminal", "standard input is a terminal no longer");
        await using var input = new AbandonedInput(new TerminalDevice(TerminalWindow.Input));
        await using var output = call.Terminal.Traits.OutputIsTerminal ? new TerminalDevice(TerminalWindow.Output) : call.Terminal.OpenOutput();
        return Answer.Streamed((await Execute(call, guest, id, new GuestStdio(input, output, Sizes: terminal.Sizes), cancellation)).ExitCode);
    }

    private async Task<Answer> Collect(Invocation call, GuestClient guest, string id, Stream? input, CancellationToken cancellation)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var ended = await Execute(call, guest, id, new GuestStdio(input, output, error), cancellation);
        var row = new ExecRow(ended.ExitCode, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()));
        return Answer.Of(
            _ => { },
            writer => System.Text.Json.JsonSerializer.Serialize(writer, row, GroupJson.Default.ExecRow),
            ended.ExitCode);
    }

    private async Task<ExecResponse> Execute(Invocation call, GuestClient guest, string id, GuestStdio stdio, CancellationToken cancellation)
    {
        var request = new ExecRequest(id, call.Get(command), Terminal: call.Get(tty));
        var answer = await guest.CallAsync(GuestCalls.Exec, request, stdio, cancellation);
        return answer.IsAccepted(out var ended, out var findings)
            ? ended
            : throw CommandFailedException.Rejected(
                $"the policy denies {string.Join(' ', call.Get(command))} in container {call.Get(container)}", findings, "cove policy explain TEMPLATE shows what is allowed");
    }
}
