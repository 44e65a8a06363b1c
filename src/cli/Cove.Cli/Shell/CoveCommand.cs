using System.CommandLine;
using Cove.Cli.Output;

namespace Cove.Cli.Shell;

/// <summary>
/// One verb. To add one: write a class like the one below in <c>Commands/&lt;Noun&gt;/&lt;Verb&gt;Command.cs</c> and name it in
/// <see cref="Commands.CommandList"/>; then <c>eng/write-cli-docs</c> brings docs/cli.md up to date.
/// <code>
/// internal sealed class HashCommand : CoveCommand
/// {
///     private readonly Argument&lt;string&gt; tar = new("tar") { Description = "a layer tar, or - for standard input" };
///
///     public HashCommand()
///         : base("hash", "print the dm-verity root hash of a layer")
///     {
///         Add(tar);
///         Example("cove image hash layer.tar", "the hash that the policy will name");
///     }
///
///     protected internal override async Task&lt;Answer&gt; Run(Invocation call, CancellationToken cancellation)
///     {
///         using var progress = call.Terminal.Progress("hashing the layer");   // shows itself after half a second, on stderr
///         ...
///         return Answer.Of(result, ImageJson.Default.LayerHash, (page, hash) =&gt; page.Line(hash.RootHash));
///     }
/// }
/// </code>
/// A command never writes to the console itself: it returns its <see cref="Answer"/> (text or, under --json, one document), speaks on
/// stderr through <see cref="Invocation.Terminal"/>, and fails by throwing: <see cref="CommandFailedException"/> with a hint, or
/// whatever the libraries throw, which <see cref="Failure.From"/> maps to an exit code.
/// </summary>
internal abstract class CoveCommand(string name, string summary) : Command(name, summary)
{
    private readonly List<Example> examples = [];

    /// <summary>What a user should know beyond the summary: one or two short paragraphs.</summary>
    public string? Details { get; protected init; }

    /// <summary>Words that look like options may be values, as in <c>cove exec web app ls -l</c>.</summary>
    public bool PassesWordsThrough { get; protected init; }

    /// <summary>Commands that can be typed as they stand, most useful first. At least one.</summary>
    public IReadOnlyList<Example> Examples => examples;

    protected void Example(string line, string meaning) => examples.Add(new Example(line, meaning));

    /// <summary>Does it. Constructors only declare; whatever is expensive starts here.</summary>
    protected internal abstract Task<Answer> Run(Invocation call, CancellationToken cancellation);
}
