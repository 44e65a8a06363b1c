using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cove.Formats.Jose;

namespace Cove.Cli.Tests.Commands;

public sealed class TokenCommandTests : IDisposable
{
    private const string Issuer = "https://localhost:7441";

    private readonly Desk desk = new();
    private readonly RSA key = RSA.Create(2048);
    private readonly DateTimeOffset now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    public TokenCommandTests()
    {
        desk.Time = new ManualTime(now);
        using var jwk = RsaJwk.FromRsa(key, includePrivate: false, keyId: "k1");
        desk.Write("certs.json", new Jwks([jwk]).ToJson());
    }

    public void Dispose()
    {
        key.Dispose();
        desk.Dispose();
    }

    [Fact]
    public async Task A_token_of_the_authority_is_accepted_with_its_claims()
    {
        desk.Write("token.jwt", Token(Issuer, now.AddHours(1)));
        var said = await desk.Cove("token", "verify", "token.jwt", "--authority", Issuer, "--jwks", "certs.json");
        Assert.Equal((0, ""), (said.Exit, said.Error));
        Assert.StartsWith("✓ accepted: token of https://localhost:7441\n", said.Out, StringComparison.Ordinal);
        Assert.Contains("x-ms-sevsnpvm-hostdata", said.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_about_a_simulated_processor_says_so_first()
    {
        desk.Write("token.jwt", Token(Issuer, now.AddHours(1), """, "x-cove-simulated": true"""));
        var said = await desk.Cove("token", "verify", "token.jwt", "--authority", Issuer, "--jwks", "certs.json");
        Assert.Contains("SIMULATED", said.Out.Split('\n')[0], StringComparison.Ordinal);
        using var json = JsonDocument.Parse((await desk.Cove("token", "verify", "token.jwt", "--authority", Issuer, "--jwks", "certs.json", "--json")).Out);
        Assert.True(json.RootElement.GetProperty("simulated").GetBoolean());
    }

    [Theory]
    [InlineData("https://localhost:7999", 1, "token-issuer-not-accepted")]
    [InlineData(Issuer, -1, "token-expired")]
    public async Task A_token_of_another_issuer_or_an_old_one_is_rejected(string issuer, int hours, string code)
    {
        desk.Write("token.jwt", Token(issuer, now.AddHours(hours)));
        var said = await desk.Cove("token", "verify", "token.jwt", "--authority", Issuer, "--jwks", "certs.json", "--json");
        Assert.Equal(3, said.Exit);
        using var json = JsonDocument.Parse(said.Out);
        Assert.Equal(code, json.RootElement.GetProperty("error").GetProperty("findings")[0].GetProperty("code").GetString());
    }

    [Fact]
    public async Task An_altered_token_is_rejected()
    {
        var token = Token(Issuer, now.AddHours(1));
        desk.Write("token.jwt", token[..^8] + (token[^8] == 'A' ? 'B' : 'A') + token[^7..]);
        Assert.Equal(3, (await desk.Cove("token", "verify", "token.jwt", "--authority", Issuer, "--jwks", "certs.json")).Exit);
    }

    [Fact]
    public async Task The_keys_are_fetched_from_the_authority_and_not_from_where_the_token_says()
    {
        using var service = new AnsweringHandler((request, _) => (HttpStatusCode.OK, request.RequestUri!.AbsolutePath == "/certs"
            ? File.ReadAllText(desk.Path("certs.json"))
            : $$"""{"jwks_uri":"{{Issuer}}/certs"}"""));
        desk.HttpHandler = () => service;
        desk.Write("token.jwt", Token(Issuer, now.AddHours(1)));
        Assert.Equal(0, (await desk.Cove("token", "verify", "token.jwt", "--authority", Issuer)).Exit);
        Assert.Equal(["/.well-known/openid-configuration", "/certs"], service.Requests.Select(r => r.Url.AbsolutePath));
    }

    [Fact]
    public async Task Metadata_that_leads_to_another_host_is_malformed()
    {
        using var service = new AnsweringHandler((_, _) => (HttpStatusCode.OK, """{"jwks_uri":"https://example.org/certs"}"""));
        desk.HttpHandler = () => service;
        desk.Write("token.jwt", Token(Issuer, now.AddHours(1)));
        Assert.Equal(4, (await desk.Cove("token", "verify", "token.jwt", "--authority", Issuer)).Exit);
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task An_authority_that_does_not_answer_is_unavailable()
    {
        using var service = new AnsweringHandler((_, _) => throw new HttpRequestException("connection refused"));
        desk.HttpHandler = () => service;
        desk.Write("token.jwt", Token(Issuer, now.AddHours(1)));
        Assert.Equal(5, (await desk.Cove("token", "verify", "token.jwt", "--authority", Issuer)).Exit);
    }

    [Fact]
    public async Task Showing_a_token_says_that_it_is_not_verified()
    {
        desk.Input = Encoding.ASCII.GetBytes(Token("https://anyone", now) + "\n");
        var said = await desk.Cove("token", "show", "-");
        Assert.StartsWith("not verified", said.Out, StringComparison.Ordinal);
        Assert.Equal(4, (await desk.Cove("token", "show", "certs.json")).Exit);
    }

    private string Token(string issuer, DateTimeOffset expires, string more = "")
    {
        var payload = $$"""{"iss":"{{issuer}}","iat":{{now.AddHours(-2).ToUnixTimeSeconds()}},"exp":{{expires.ToUnixTimeSeconds()}},"x-ms-sevsnpvm-hostdata":"00"{{more}}}""";
        var signer = new JwsSigner(key, JwsAlgorithm.Find("RS256")!); // not disposed: the key is the test's
        return signer.Sign(new JwsHeader { Algorithm = "RS256", KeyId = "k1", KeySetUrl = "https://example.org/certs" }, Encoding.UTF8.GetBytes(payload));
    }
}
