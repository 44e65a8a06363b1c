namespace Cove.Cli.Tests;

/// <summary>What a command said, and its exit code.</summary>
internal sealed record Said(int Exit, string Out, string Error);
