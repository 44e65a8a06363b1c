using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Cove.Cli.Vault;
using Cove.Formats.Cose;
using Cove.Formats.Der;
using Cove.Formats.Files;
using Cove.Formats.Jose;
using Cove.Policy.Fragments;

namespace Cove.Cli.Commands.Policy.Fragment;

internal sealed class SignCommand : CoveCommand
{
    private const int MaxKey = 64 * 1024;

    private readonly Argument<string> fragment = new("fragment") { Description = "the fragment's text" };
    private readonly Option<string> key = new("--key", "-k") { HelpName = "file", Description = "the private key of the chain's first certificate: PEM or JWK; - is standard input, env://NAME a variable", Required = true };
    private readonly Option<string> chain = new("--chain") { HelpName = "file", Description = "PEM certificates, the signer's first and the root last", Required = true };
    private readonly Option<string> feed = new("--feed", "-f") { HelpName = "name", Description = "which of your fragments it is: by habit the image's name without its tag", Required = true };
    private readonly Option<string> algorithm = new("--algo") { HelpName = "name", Description = "PS256, PS384, PS512, ES256, ES384 or ES512", DefaultValueFactory = _ => "ES384" };
    private readonly Option<string?> issuer = new("--issuer") { HelpName = "did", Description = "a did:x509 of the chain; by default the signer's common name below its authority" };
    private readonly Option<long?> svn = new("--header-svn") { HelpName = "number", Description = "a security version in the header too, which guests of api 0.12.0 ask before they read the text" };
    private readonly Option<string?> output = new("--out-signed-fragment", "-o") { HelpName = "file", Description = "where it goes; by default beside the fragment, with .cose after its name" };

    public SignCommand()
        : base("sign", "sign a fragment, so that guests whose policy names the signer take it in")
    {
        Add(fragment);
        foreach (var option in (Option[])[key, chain, feed, algorithm, issuer, svn, output]) Add(option);
        Details = "The answer is a COSE_Sign1 with the chain in its header. It is verified as every guest will before it is written, so a wrong key or chain shows here.";
        Example("cove policy fragment sign contoso.rego --key key.pem --chain chain.pem --feed contoso.example/sidecar", "beside the fragment");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var path = call.Get(fragment);
        var text = await call.Read(path, SignedStatement.MaxBytes, cancellation);
        FragmentOutline.Read(Encoding.UTF8.GetString(text));
        var certificates = CertificatePem.Parse(Encoding.ASCII.GetString(await call.Read(call.Get(chain)!, CertificatePem.MaximumLength, cancellation)));
        var chosen = CoseAlgorithm.All.FirstOrDefault(one => one.Name.Equals(call.Get(algorithm), StringComparison.OrdinalIgnoreCase))
            ?? throw CommandFailedException.Usage("algorithm-unknown", $"there is no algorithm {call.Get(algorithm)}", $"one of {string.Join(", ", CoseAlgorithm.All.Select(one => one.Name))}");
        var identity = new FragmentIdentity(call.Get(issuer) ?? FragmentSigner.Identifier(certificates), call.Get(feed)!, certificates, call.Get(svn));
        var signed = await Sign(call, text, identity, chosen, cancellation);
        var target = call.Get(output) ?? path + ".cose";
        WholeFile.Replace(call.FullPath(target), signed.Span);
        return Answer.Of(
            page =>
            {
                page.Line(target);
                page.Line($"  issuer  {identity.Issuer}");
                page.Line($"  feed    {identity.Feed}");
            },
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("file", target);
                writer.WriteString("issuer", identity.Issuer);
                writer.WriteString("feed", identity.Feed);
                writer.WriteEndObject();
            });
    }

    private async Task<ReadOnlyMemory<byte>> Sign(Invocation call, byte[] text, FragmentIdentity identity, CoseAlgorithm chosen, CancellationToken cancellation)
    {
        var secret = await call.ReadSecret(call.Get(key)!, MaxKey, cancellation);
        try
        {
            using var jwk = PrivateKeyFile.Parse(secret);
            using AsymmetricAlgorithm pair = jwk switch
            {
                EcJwk ec => ec.CreateEcdsa(),
                RsaJwk rsa => rsa.CreateRsa(),
                _ => throw CommandFailedException.Usage("key-unsuitable", "only RSA and elliptic-curve keys sign fragments"),
            };
            if (pair is ECDsa != chosen.Name.StartsWith("ES", StringComparison.Ordinal))
                throw CommandFailedException.Usage("key-unsuitable", $"the key does not fit {chosen.Name}", pair is ECDsa ? "--algo ES256, ES384 or ES512" : "--algo PS256, PS384 or PS512");
            var verdict = FragmentSigner.Sign(text, identity, chosen, pair);
            return verdict.IsAccepted(out var signed, out var findings) ? signed : throw CommandFailedException.Rejected("no guest would accept what was signed", findings);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
