namespace Cove.Cli.Output;

/// <summary>
/// Standard input, output and error, and what they are connected to. Standard output carries the answer and nothing else; notes,
/// progress and errors go to standard error.
/// </summary>
internal sealed class Terminal : IDisposable
{
    private readonly Func<Stream> openInput;
    private readonly Func<Stream> openOutput;
    private readonly TimeProvider time;
    private readonly Lock errorLock = new();
    private Progress? live;

    public Terminal(TextWriter output, TextWriter error, Func<Stream> openInput, Func<Stream> openOutput, TerminalTraits traits, TimeProvider time)
    {
        (this.openInput, this.openOutput, this.time) = (openInput, openOutput, time);
        Traits = traits;
        Out = new Page(output, traits.OutputColour, traits.Width);
        Error = new Page(error, traits.ErrorColour, traits.Width);
    }

    public TerminalTraits Traits { get; }

    /// <summary>The answer. Commands return an <see cref="Answer"/> instead of writing here, except where the answer is a stream (logs).</summary>
    public Page Out { get; }

    /// <summary>Everything else.</summary>
    public Page Error { get; }

    /// <summary>Standard input as bytes.</summary>
    public Stream OpenInput() => openInput();

    /// <summary>Standard output as bytes, for answers that are not text.</summary>
    public Stream OpenOutput()
    {
        Out.Flush();
        return openOutput();
    }

    /// <summary>One line for the user on standard error, above the live line if there is one.</summary>
    public void Note(string text)
    {
        lock (errorLock)
        {
            live?.Erase();
            Error.Line(text);
            live?.Draw();
        }
    }

    /// <summary>A step of a story that is told as it happens: a word, then what was done. Goes to standard error.</summary>
    public void Step(string word, string text) => Note($"{Error.Strong(word.PadRight(9))} {text}");

    /// <summary>
    /// Starts to show that something is going on: nothing for half a second, then one live line on a terminal, or a plain line now and
    /// then elsewhere. Dispose it when the work is done. One at a time; a second one hides the first.
    /// </summary>
    /// <param name="what">What is going on, e.g. <c>hashing layer 2 of 3</c>.</param>
    /// <param name="total">How many bytes (or things) there are, where that is known.</param>
    public Progress Progress(string what, long? total = null)
    {
        lock (errorLock)
        {
            live?.Erase();
            return live = new Progress(Error, Traits.ErrorIsTerminal, errorLock, time, what, total);
        }
    }

    public static Terminal OfThisProcess()
    {
        var traits = TerminalTraits.OfThisProcess();
        var output = new StreamWriter(Console.OpenStandardOutput(), Page.Encoding, 1 << 12, leaveOpen: true) { AutoFlush = false };
        var error = new StreamWriter(Console.OpenStandardError(), Page.Encoding, 1 << 8, leaveOpen: true) { AutoFlush = true };
        return new(output, error, Console.OpenStandardInput, Console.OpenStandardOutput, traits, TimeProvider.System);
    }

    public void Dispose()
    {
        lock (errorLock) live?.Erase();
        Out.Flush();
        Error.Flush();
    }
}
