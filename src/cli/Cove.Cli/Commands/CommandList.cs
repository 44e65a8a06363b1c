using Cove.Cli.Shell;

namespace Cove.Cli.Commands;

/// <summary>Every command, in the order in which a reader meets them. A new verb is one line here and one class in its noun's folder.</summary>
internal static class CommandList
{
    public static IReadOnlyList<CommandGroup> Groups() =>
    [
        new("Develop",
        [
            new Develop.DoctorCommand(),
            new Develop.CompletionCommand(),
            new Develop.ExplainCommand(),
            new Develop.HelpCommand(),
        ]),
    ];
}
