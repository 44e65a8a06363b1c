using System.CommandLine;
using Cove.Cli.Output;
using Cove.Cli.Shell;

namespace Cove.Cli.Commands.Develop;

internal sealed class HelpCommand : CoveCommand
{
    private readonly Argument<string[]> topic = new("topic") { Description = "a command, or one of: " + string.Join(", ", HelpTopic.All.Select(t => t.Name)), Arity = ArgumentArity.ZeroOrMore };

    public HelpCommand()
        : base("help", "show a command's help, or what scripts rely on")
    {
        Add(topic);
        Example("cove help exit-codes", "what each exit code means");
        Example("cove help environment", "the variables that cove reads");
        Example("cove help image hash", "the same as cove image hash --help");
    }

    protected internal override Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var words = call.Get(topic);
        if (words is [var name] && HelpTopic.All.FirstOrDefault(t => t.Name == name) is { } page)
            return Task.FromResult(Answer.Of(page.Write, page.WriteJson));

        Command at = CoveRootCommand.Create();
        foreach (var word in words)
        {
            at = at.Subcommands.FirstOrDefault(c => c.Name == word)
                ?? throw CommandFailedException.Usage("topic-unknown", $"there is no help about {string.Join(' ', words)}", "cove --help");
        }

        return Task.FromResult(HelpPage.Of(at, call.Terminal.Traits.Width));
    }
}
