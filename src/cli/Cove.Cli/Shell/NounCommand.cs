using System.CommandLine;

namespace Cove.Cli.Shell;

/// <summary>A noun with its verbs, or nouns under it, in story order. It does nothing by itself.</summary>
internal sealed class NounCommand : Command
{
    public NounCommand(string name, string summary, params ReadOnlySpan<Command> verbs)
        : base(name, summary)
    {
        foreach (var verb in verbs) Add(verb);
    }
}
