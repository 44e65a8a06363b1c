using System.CommandLine;
using Cove.Cli.Output;
using Cove.Cli.Shell;

namespace Cove.Cli.Commands.Develop;

internal sealed class ExplainCommand : CoveCommand
{
    private readonly Argument<string?> code = new("code") { Description = "the code of a finding; without it, all of them", Arity = ArgumentArity.ZeroOrOne };

    public ExplainCommand()
        : base("explain", "say what a finding means and what to do about it")
    {
        code.CompletionSources.Add(_ => Explanation.All().Select(page => page.Code));
        Add(code);
        Example("cove explain host-data-not-accepted", "what the code of a rejection means");
        Example("cove explain", "every code, with one line each");
    }

    protected internal override Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var pages = Explanation.All();
        if (call.Get(code) is not { } wanted) return Task.FromResult(List(pages));
        var found = pages.FirstOrDefault(page => page.Code == wanted)
            ?? throw CommandFailedException.Usage("finding-unknown", $"there is no finding {wanted}", "cove explain");
        return Task.FromResult(Answer.Of(found, ExplanationJson.Default.Explanation, static (page, e) =>
        {
            page.Line(page.Strong(e.Code));
            page.Line();
            foreach (var line in TextFlow.Wrap(e.Text, Math.Min(page.Width, 100))) page.Line(line);
        }));
    }

    private static Answer List(IReadOnlyList<Explanation> pages) =>
        Answer.Of([.. pages], ExplanationJson.Default.ExplanationArray, static (page, all) =>
        {
            var table = new Table("code", "meaning");
            foreach (var e in all) table.Row(e.Code, e.Summary);
            table.WriteTo(page);
        });
}
