using System.Text;
using Cove.Cli.Commands.Token;
using Cove.Cli.Output;
using Cove.Formats.Jose;

namespace Cove.Cli.Evidence;

/// <summary>A token of an attestation service.</summary>
internal sealed class GivenToken(string text) : Given
{
    public override string Name => "attestation token";

    public override string Type => "token";

    /// <summary>A JWS in compact form: its header is a JSON object, so its text begins with <c>eyJ</c>.</summary>
    public static GivenToken? Read(byte[] file)
    {
        var start = file.AsSpan().Trim(" \t\r\n"u8);
        return start.StartsWith("eyJ"u8) && start.Contains((byte)'.') ? new(Encoding.UTF8.GetString(start)) : null;
    }

    public override IEnumerable<(string Field, string Value)> Fields()
    {
        using var claims = StrictJson.ParseObject(CompactJws.Parse(text).UnverifiedPayload, "token", CompactJws.MaximumLength);
        return TokenPage.Flatten(claims.RootElement.Clone());
    }

    public override async Task<Answer> Verify(Verification verification, CancellationToken cancellation)
    {
        var (issuer, keys) = await verification.Authority.Find(verification.Call, cancellation);
        return TokenVerdict.Of(text, verification.Path, issuer, keys, verification.Time);
    }
}
