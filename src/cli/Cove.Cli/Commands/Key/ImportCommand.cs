using System.CommandLine;
using System.Security.Cryptography;
using Cove.Cli.Output;
using Cove.Cli.Shell;
using Cove.Cli.Vault;

namespace Cove.Cli.Commands.Key;

internal sealed class ImportCommand : CoveCommand
{
    private const int MaximumKeyFile = 64 * 1024;

    private readonly Argument<string> name = new("name") { Description = "the key's name: letters, digits and dashes" };
    private readonly Argument<string> file = new("file") { Description = "the private key: JWK, or PEM (PKCS#8, PKCS#1, SEC 1) without a password; - is standard input, env://NAME a variable" };
    private readonly ReleaseOptions release = new();
    private readonly VaultOptions vault = new();

    public ImportCommand()
        : base("import", "give a key that you have to the key service, and say to whom it may be released")
    {
        Add(name);
        Add(file);
        release.AddTo(this);
        vault.AddTo(this);
        Example("cove key import data data-key.jwk --release-policy policy.json", "a symmetric key, released as the file says");
        Example("openssl genrsa 2048 | cove key import note -", "a key that never was in a file");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var policy = await release.Read(call, cancellation);
        var secret = await call.ReadSecret(call.Get(file), MaximumKeyFile, cancellation);
        byte[] body = [];
        try
        {
            using var key = PrivateKeyFile.Parse(secret);
            body = KeyRequests.Import(key, policy);
            using var client = await vault.Connect(call, cancellation);
            return KeyPage.Answer("imported", await client.Import(call.Get(name), body, cancellation));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(body);
        }
    }
}
