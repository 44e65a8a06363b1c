namespace Cove.Cli.Host;

/// <summary>How a program of the host ended, and the first line that it said.</summary>
internal sealed record ProgramResult(bool Succeeded, string FirstLine);
