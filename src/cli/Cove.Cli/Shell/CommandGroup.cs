using System.CommandLine;

namespace Cove.Cli.Shell;

/// <summary>A heading of `cove --help` and what stands under it.</summary>
internal sealed record CommandGroup(string Title, IReadOnlyList<Command> Commands);
