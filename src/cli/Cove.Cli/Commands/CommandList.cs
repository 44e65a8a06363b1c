using Cove.Cli.Shell;

namespace Cove.Cli.Commands;

/// <summary>Every command, in the order in which a reader meets them. A new verb is one line here and one class in its noun's folder.</summary>
internal static class CommandList
{
    public static IReadOnlyList<CommandGroup> Groups() =>
    [
        new("Run",
        [
            new Run.RunCommand(),
            new Group.PsCommand(),
            new Group.LogsCommand(),
            new Group.ExecCommand(),
            new Group.StopCommand(),
            new Group.RmCommand(),
            new NounCommand("image", "container images and their layers",
                new Image.PackCommand(),
                new Image.ImportCommand(),
                new Image.ListCommand(),
                new Image.ShowCommand(),
                new Image.HashCommand(),
                new Image.ExportCommand(),
                new Image.EndorseCommand()),
        ]),
        new("Policy",
        [
            new NounCommand("policy", "what may run in a group, and why something may not",
                new Policy.GenerateCommand(),
                new Policy.ExplainCommand(),
                new Policy.DiffCommand(),
                new Policy.SimulateCommand()),
            new NounCommand("rego", "the language of policies",
                new Rego.EvalCommand(),
                new Rego.CheckCommand(),
                new Rego.TestCommand(),
                new Rego.FmtCommand(),
                new Rego.ParseCommand(),
                new Rego.BenchCommand(),
                new Rego.ConformanceCommand()),
        ]),
        new("Evidence",
        [
            new NounCommand("evidence", "what processors say about guests",
                new Evidence.GetCommand(),
                new Evidence.ShowCommand()),
            new Evidence.VerifyCommand(),
            new Evidence.MeasureCommand(),
            new NounCommand("token", "attestation tokens",
                new Token.ShowCommand(),
                new Token.VerifyCommand()),
        ]),
        new("Keys",
        [
            new NounCommand("key", "keys in the key service, and to whom they are released",
                new Key.CreateCommand(),
                new Key.ImportCommand(),
                new Key.ShowCommand(),
                new Key.ListCommand(),
                new Key.RotateCommand(),
                new Key.ReleaseCommand(),
                new NounCommand("audit", "what was asked of the key service, and what it answered",
                    new Key.Audit.ListCommand(),
                    new Key.Audit.VerifyCommand())),
        ]),
        new("Develop",
        [
            new NounCommand("dev", "the attestation service and the key service for development",
                new Dev.UpCommand(),
                new Dev.DownCommand(),
                new Dev.StatusCommand()),
            new Develop.DoctorCommand(),
            new Develop.CompletionCommand(),
            new Develop.ExplainCommand(),
            new Develop.HelpCommand(),
        ]),
    ];
}
