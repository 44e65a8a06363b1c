namespace Cove.Cli.Output;

/// <summary>What standard input, output and error are connected to.</summary>
/// <param name="OutputIsTerminal">A person reads standard output.</param>
/// <param name="ErrorIsTerminal">A person reads standard error: progress may redraw its line.</param>
/// <param name="ColourWanted">Neither NO_COLOR nor TERM=dumb is set.</param>
/// <param name="Width">Columns.</param>
/// <param name="InputIsTerminal">A person types standard input.</param>
internal sealed record TerminalTraits(bool OutputIsTerminal, bool ErrorIsTerminal, bool ColourWanted, int Width, bool InputIsTerminal = false)
{
    /// <summary>Where no terminal says its width.</summary>
    public const int DefaultWidth = 100;

    public bool OutputColour => OutputIsTerminal && ColourWanted;

    public bool ErrorColour => ErrorIsTerminal && ColourWanted;

    public static TerminalTraits OfThisProcess()
    {
        var output = !Console.IsOutputRedirected;
        var error = !Console.IsErrorRedirected;
        // https://no-color.org: present and not empty means no colour.
        var colour = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
        return new(output, error, colour, Columns(output ? TerminalWindow.Output : TerminalWindow.Error), !Console.IsInputRedirected);
    }

    private static int Columns(int descriptor) => TerminalWindow.SizeOf(descriptor) is { } size ? Math.Clamp((int)size.Columns, 40, 200) : DefaultWidth;
}
