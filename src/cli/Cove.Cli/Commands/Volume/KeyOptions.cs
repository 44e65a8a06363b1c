using System.CommandLine;

namespace Cove.Cli.Commands.Volume;

/// <summary>The key of a volume: the same options for every verb of `cove volume` that needs it.</summary>
internal sealed class KeyOptions
{
    private readonly Option<string> salt = new("--salt") { HelpName = "hex", Description = "for an RSA key: the salt of its derivation, as in key_derivation", DefaultValueFactory = _ => "" };
    private readonly Option<string> label = new("--label") { HelpName = "text", Description = "for an RSA key: the label of its derivation, as in key_derivation", DefaultValueFactory = _ => "" };

    public Option<string?> Key { get; } = new("--key", "-k") { HelpName = "file", Description = "the key: 32 bytes, a JWK, or PEM; - is standard input, env://NAME a variable" };

    public void AddTo(Command command)
    {
        command.Add(Key);
        command.Add(salt);
        command.Add(label);
    }

    public string Salt(Invocation call) => call.Get(salt)!;

    public string Label(Invocation call) => call.Get(label)!;
}
