using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cove.Attestation.Snp;
using Cove.Cli.Vault;
using Cove.Formats.Files;
using Cove.Formats.Jose;

namespace Cove.Cli.Measurement;

/// <summary>The options of <c>cove measure</c> that sign the measurement into an ID block.</summary>
internal sealed class IdBlockOptions
{
    private const int KeyLimit = 64 * 1024;
    private const int DigestSize = 48;
    private const int IdentifierSize = 16;
    private static readonly string NoIdentifier = new('0', 2 * IdentifierSize);

    private readonly Option<string?> idKey = new("--id-key") { HelpName = "file", Description = "sign an ID block with this P-384 private key (PEM or JWK; - or env://NAME)" };
    private readonly Option<string?> authorKey = new("--author-key") { HelpName = "file", Description = "and vouch for the ID key with this one" };
    private readonly Option<string> familyId = new("--family-id") { HelpName = "hex", Description = "ID block: FAMILY_ID, 16 bytes", DefaultValueFactory = _ => NoIdentifier };
    private readonly Option<string> imageId = new("--image-id") { HelpName = "hex", Description = "ID block: IMAGE_ID, 16 bytes", DefaultValueFactory = _ => NoIdentifier };
    private readonly Option<uint> guestSvn = new("--guest-svn") { HelpName = "number", Description = "ID block: the image's security version" };
    private readonly Option<string> policy = new("--guest-policy") { HelpName = "hex", Description = "ID block: the policy that the guest runs under", DefaultValueFactory = _ => IdBlock.DefaultPolicy.ToString() };
    private readonly Option<string?> blockFile = new("--id-block") { HelpName = "file", Description = "write the ID block here, in base64" };
    private readonly Option<string?> authenticationFile = new("--id-auth") { HelpName = "file", Description = "write its authentication information here, in base64" };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[idKey, authorKey, familyId, imageId, guestSvn, policy, blockFile, authenticationFile]) command.Add(option);
    }

    /// <summary>The measurement alone, or signed where there is a key.</summary>
    public async Task<Answer> Answer(Invocation call, byte[] measurement, CancellationToken cancellation)
    {
        var hex = Convert.ToHexStringLower(measurement);
        if (call.Get(idKey) is not { } file)
        {
            foreach (var option in (Option<string?>[])[authorKey, blockFile, authenticationFile])
                if (call.Get(option) is not null) throw CommandFailedException.Usage("id-key-missing", $"an ID block is signed with an ID key, {option.Name}", "--id-key FILE");
            return Output.Answer.Of(new MeasuredLaunch(hex), MeasurementJson.Default.MeasuredLaunch, static (page, launch) => page.Line(launch.Measurement));
        }

        if (measurement.Length != DigestSize) throw CommandFailedException.Usage("id-block-of-snp", "ID blocks are of SEV-SNP, --mode snp or snp:svsm");
        var block = new IdBlock(measurement, Hex.Exactly(familyId.Name, call.Get(familyId)!, IdentifierSize), Hex.Exactly(imageId.Name, call.Get(imageId)!, IdentifierSize))
        {
            GuestSvn = call.Get(guestSvn),
            Policy = Policy(call.Get(policy)!),
        };
        var authentication = await Sign(call, block, file, cancellation);
        var signed = new MeasuredLaunch(
            hex,
            Convert.ToBase64String(block.ToBytes()),
            Convert.ToBase64String(authentication.Bytes.Span),
            Convert.ToHexStringLower(authentication.IdKey.Digest()),
            authentication.AuthorKey is { } author ? Convert.ToHexStringLower(author.Digest()) : null);
        Write(call, blockFile, signed.IdBlock!);
        Write(call, authenticationFile, signed.IdAuth!);
        return Output.Answer.Of(signed, MeasurementJson.Default.MeasuredLaunch, static (page, launch) =>
        {
            page.Line(launch.Measurement);
            page.Line($"  ID key      {launch.IdKeyDigest}");
            if (launch.AuthorKeyDigest is { } author) page.Line($"  author key  {author}");
        });
    }

    private async Task<IdAuthentication> Sign(Invocation call, IdBlock block, string file, CancellationToken cancellation)
    {
        using var id = await Key(call, file, cancellation);
        using var author = call.Get(authorKey) is { } other ? await Key(call, other, cancellation) : null;
        return IdAuthentication.Create(block, id, author);
    }

    private static async Task<ECDsa> Key(Invocation call, string file, CancellationToken cancellation)
    {
        var secret = await call.ReadSecret(file, KeyLimit, cancellation);
        try
        {
            using var key = PrivateKeyFile.Parse(secret);
            return key is EcJwk ec ? ec.CreateEcdsa() : throw CommandFailedException.Usage("key-not-p384", $"is not a key on P-384, {file}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private GuestPolicy Policy(string text)
    {
        var digits = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text.AsSpan(2) : text;
        return ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? new GuestPolicy(value)
            : throw CommandFailedException.Usage("hex-invalid", $"is not a hexadecimal number of at most 64 bits, {policy.Name} {text}");
    }

    private static void Write(Invocation call, Option<string?> option, string base64)
    {
        if (call.Get(option) is { } file) WholeFile.Replace(call.FullPath(file), Encoding.ASCII.GetBytes(base64));
    }
}
