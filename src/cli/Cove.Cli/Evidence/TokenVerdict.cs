using Cove.Attestation.Tokens;
using Cove.Cli.Commands.Token;
using Cove.Cli.Output;
using Cove.Formats.Jose;

namespace Cove.Cli.Evidence;

/// <summary>Whether a token may be relied on: the one answer of <c>cove verify</c> and <c>cove token verify</c>.</summary>
internal static class TokenVerdict
{
    /// <param name="text">The token.</param>
    /// <param name="path">Its file, as the user wrote it.</param>
    /// <param name="issuer">Who must have issued it.</param>
    /// <param name="keys">The issuer's keys.</param>
    /// <param name="time">The instant for which its dates must hold.</param>
    public static Answer Of(string text, string path, string issuer, Jwks keys, DateTimeOffset time)
    {
        if (!new TokenValidator(issuer, keys, new FixedTime(time)).Validate(text).IsAccepted(out var token, out var findings))
            return Answer.Rejected($"the token is not to be relied on, {path}", [], findings);
        return Answer.Of(page => Write(page, token), writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("verdict", "accepted");
            writer.WriteBoolean("simulated", token.IsSimulated);
            writer.WriteString("issuer", token.Issuer);
            writer.WriteString("expiresAt", token.ExpiresAt);
            writer.WritePropertyName("claims");
            token.Claims.WriteTo(writer);
            writer.WriteEndObject();
        });
    }

    private static void Write(Page page, AttestationToken token)
    {
        var about = token.IsSimulated ? "; it is about a SIMULATED processor, which protects nothing" : "";
        Check[] checks =
        [
            new("signature", true, $"by a key of {token.Issuer}"),
            new("issuer", true, token.Issuer),
            new("dates", true, $"{token.IssuedAt:yyyy-MM-dd HH:mm:ss} to {token.ExpiresAt:yyyy-MM-dd HH:mm:ss} UTC"),
        ];
        VerdictPage.WriteAccepted(page, $"token of {token.Issuer}{about}", checks, null);
        page.Line("claims");
        TokenPage.WriteClaims(page, token.Claims);
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
