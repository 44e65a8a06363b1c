using System.CommandLine;
using Cove.Images.Registry;

namespace Cove.Cli.Registry;

/// <summary>Who asks a registry: the same two options for every verb that speaks to one.</summary>
internal sealed class RegistryOptions
{
    private const int MaxPassword = 64 * 1024;

    private readonly Option<string?> user = new("--user", "-u") { HelpName = "name", Description = "the registry's user; without it nobody in particular asks" };
    private readonly Option<string?> password = new("--password-from") { HelpName = "file", Description = "a file with the password or token; - is standard input, env://NAME a variable" };

    public void AddTo(Command command)
    {
        command.Add(user);
        command.Add(password);
    }

    /// <summary>The credentials; null where none were given. The caller disposes them.</summary>
    public async Task<RegistryCredentials?> Read(Invocation call, CancellationToken cancellation)
    {
        var (name, from) = (call.Get(user), call.Get(password));
        if (name is null && from is null) return null;
        if (name is null || from is null) throw CommandFailedException.Usage("credentials-incomplete", "--user and --password-from go together");
        var secret = await call.ReadSecret(from, MaxPassword, cancellation);
        var length = secret.AsSpan().TrimEnd("\r\n"u8).Length;
        var exact = secret[..length];
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(secret);
        return new RegistryCredentials(name, exact);
    }
}
