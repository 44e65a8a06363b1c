using System.CommandLine;
using System.Text.Json;
using Cove.Cli.Output;
using Cove.Cli.Shell;
using Cove.Formats.Jose;

namespace Cove.Cli.Commands.Token;

internal sealed class ShowCommand : CoveCommand
{
    private readonly Argument<string> token = new("token") { Description = "a file with the token, or - for standard input" };

    public ShowCommand()
        : base("show", "show what a token says, without verifying it")
    {
        Add(token);
        Details = "Anyone can write a token: rely on nothing here. cove token verify checks signature, issuer and dates.";
        Example("cove token show token.jwt", "header and claims, one a line");
        Example("cove token show - --json < token.jwt", "the same as JSON: header, claims, verified: false");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var jws = CompactJws.Parse(await TokenText.Read(call, call.Get(token), cancellation));
        using var header = JsonDocument.Parse(jws.Header.ToJson());
        using var payload = StrictJson.ParseObject(jws.UnverifiedPayload, "token", CompactJws.MaximumLength);
        var (top, claims) = (header.RootElement.Clone(), payload.RootElement.Clone());
        return Answer.Of(
            page =>
            {
                page.Line(page.Bad("not verified: anyone could have written this"));
                page.Line("header");
                TokenPage.WriteClaims(page, top);
                page.Line("claims");
                TokenPage.WriteClaims(page, claims);
                page.Line("next: cove token verify --authority URL " + (call.Get(token) == "-" ? "-" : call.Get(token)));
            },
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteBoolean("verified", false);
                writer.WritePropertyName("header");
                top.WriteTo(writer);
                writer.WritePropertyName("claims");
                claims.WriteTo(writer);
                writer.WriteEndObject();
            });
    }
}
