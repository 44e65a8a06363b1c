namespace Cove.Cli.Shell;

/// <summary>A command line that can be typed as it stands, and what it is good for.</summary>
internal sealed record Example(string Line, string Meaning);
