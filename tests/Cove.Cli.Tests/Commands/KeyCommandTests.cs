using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cove.Formats.Jose;

namespace Cove.Cli.Tests.Commands;

public sealed class KeyCommandTests : IClassFixture<DevelopmentHome>, IDisposable
{
    // A modulus of 2048 bits; nobody computes with it.
    private static readonly string Modulus = Base64Url.Encode([0xc0, .. new byte[254], 1]);

    private static readonly string Bundle = """
        {"key":{"kid":"https://localhost:7442/keys/note/0123456789abcdef0123456789abcdef","kty":"RSA-HSM","key_ops":["wrapKey","unwrapKey"],"n":"MODULUS","e":"AQAB"},
         "attributes":{"enabled":true,"exportable":true,"created":1700000000}RELEASE}
        """.Replace("MODULUS", Modulus, StringComparison.Ordinal);

    private static readonly string HostData = new('a', 64);

    private readonly Desk desk = new();
    private readonly List<AnsweringHandler> handlers = [];

    public KeyCommandTests(DevelopmentHome home) => desk.Set("COVE_HOME", home.Path);

    public void Dispose()
    {
        handlers.ForEach(h => h.Dispose());
        desk.Dispose();
    }

    [Fact]
    public async Task Creating_a_key_for_a_container_policy_names_its_hash_in_the_release_policy()
    {
        var service = Answers(HttpStatusCode.OK, Bundle.Replace("RELEASE", "", StringComparison.Ordinal));
        var said = await desk.Cove("key", "create", "note", "--release-to-policy", HostData, "--authority", "https://localhost:7441");

        Assert.Equal((0, ""), (said.Exit, said.Error));
        var (method, url, authorization, body) = Assert.Single(service.Requests);
        Assert.Equal(("POST", "/keys/note/create"), (method, url.AbsolutePath));
        Assert.StartsWith("Bearer ey", authorization, StringComparison.Ordinal);
        using var sent = JsonDocument.Parse(body);
        Assert.Equal("RSA-HSM", sent.RootElement.GetProperty("kty").GetString());
        Assert.True(sent.RootElement.GetProperty("attributes").GetProperty("exportable").GetBoolean());
        using var policy = JsonDocument.Parse(Base64Url.Decode(sent.RootElement.GetProperty("release_policy").GetProperty("data").GetString(), "test", "data"));
        var authority = policy.RootElement.GetProperty("anyOf")[0];
        Assert.Equal("https://localhost:7441", authority.GetProperty("authority").GetString());
        Assert.Contains(authority.GetProperty("allOf").EnumerateArray(), c => c.GetProperty("claim").GetString() == "x-ms-sevsnpvm-hostdata" && c.GetProperty("equals").GetString() == HostData);
        Assert.Contains(authority.GetProperty("allOf").EnumerateArray(), c => c.GetProperty("claim").GetString() == "x-ms-sevsnpvm-is-debuggable" && c.GetProperty("equals").GetString() == "false");
    }

    [Fact]
    public async Task A_file_given_as_container_policy_is_hashed()
    {
        var service = Answers(HttpStatusCode.OK, Bundle.Replace("RELEASE", "", StringComparison.Ordinal));
        desk.Write("policy.rego", "package policy\n");
        await desk.Cove("key", "create", "note", "--release-to-policy", "policy.rego");
        using var sent = JsonDocument.Parse(service.Requests[0].Body);
        var policy = Encoding.UTF8.GetString(Base64Url.Decode(sent.RootElement.GetProperty("release_policy").GetProperty("data").GetString(), "test", "data"));
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData("package policy\n"u8)), policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_without_a_release_policy_is_not_made_exportable()
    {
        var service = Answers(HttpStatusCode.OK, Bundle.Replace("RELEASE", "", StringComparison.Ordinal));
        var said = await desk.Cove("key", "create", "note", "--kind", "p-256");
        Assert.DoesNotContain("exportable", service.Requests[0].Body, StringComparison.Ordinal);
        Assert.Contains("\"crv\":\"P-256\"", service.Requests[0].Body, StringComparison.Ordinal);
        Assert.Contains("never", said.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_shown_with_the_conditions_of_its_release()
    {
        var data = Base64Url.Encode(Cli.Vault.ReleasePolicyText.ForHostData(HostData, new Uri("https://localhost:7441")));
        Answers(HttpStatusCode.OK, Bundle.Replace("RELEASE", $$""","release_policy":{"data":"{{data}}"}""", StringComparison.Ordinal));
        var said = await desk.Cove("key", "show", "note");
        Assert.Equal($"""
            note: RSA-HSM, 2048 bits
              id          https://localhost:7442/keys/note/0123456789abcdef0123456789abcdef
              operations  wrapKey, unwrapKey
              created     2023-11-14 22:13:20 UTC
              release     to what https://localhost:7441 vouches for, with
                            all of
                              x-ms-attestation-type equals sevsnpvm
                              x-ms-sevsnpvm-hostdata equals {HostData}
                              x-ms-sevsnpvm-is-debuggable equals false

            """, said.Out);
    }

    [Fact]
    public async Task Importing_sends_the_private_key_and_says_nothing_of_it()
    {
        var service = Answers(HttpStatusCode.OK, Bundle.Replace("RELEASE", "", StringComparison.Ordinal));
        using var rsa = RSA.Create(2048);
        desk.Input = Encoding.ASCII.GetBytes(rsa.ExportPkcs8PrivateKeyPem());
        var said = await desk.Cove("key", "import", "note", "-");
        Assert.Equal(0, said.Exit);
        using var sent = JsonDocument.Parse(service.Requests[0].Body);
        var d = sent.RootElement.GetProperty("key").GetProperty("d").GetString()!;
        Assert.Equal("PUT", service.Requests[0].Method);
        Assert.DoesNotContain(d, said.Out + said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_public_key_cannot_be_imported()
    {
        using var rsa = RSA.Create(2048);
        using var jwk = RsaJwk.FromRsa(rsa, includePrivate: false);
        desk.Write("key.jwk", jwk.ToJson(includePrivate: false));
        Assert.Equal(4, (await desk.Cove("key", "import", "note", "key.jwk")).Exit);
    }

    [Theory]
    [InlineData(400, "", 2)]
    [InlineData(401, "", 6)]
    [InlineData(403, "ForbiddenByRbac", 6)]
    [InlineData(403, "AccessDenied", 3)]
    [InlineData(404, "", 2)]
    [InlineData(409, "", 2)]
    [InlineData(503, "", 5)]
    public async Task What_the_service_refuses_becomes_an_exit_code_and_keeps_its_message(int status, string inner, int exit)
    {
        Answers((HttpStatusCode)status, """{"error":{"code":"X","message":"because of the tide","innererror":{"code":"INNER"}}}""".Replace("INNER", inner, StringComparison.Ordinal));
        var said = await desk.Cove("key", "show", "note", "--json");
        Assert.Equal(exit, said.Exit);
        Assert.Contains("because of the tide", said.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_follows_its_pages_but_never_to_another_host()
    {
        const string page = """{"value":[{"kid":"https://localhost:7442/keys/KEY","attributes":{"enabled":true}}],"nextLink":NEXT}""";
        var asked = 0;
        Answers(_ => asked++ == 0
            ? page.Replace("KEY", "a", StringComparison.Ordinal).Replace("NEXT", "\"https://localhost:7442/keys?$skiptoken=1\"", StringComparison.Ordinal)
            : page.Replace("KEY", "b", StringComparison.Ordinal).Replace("NEXT", "null", StringComparison.Ordinal));
        Assert.Contains("b ", (await desk.Cove("key", "list")).Out, StringComparison.Ordinal);

        Answers(_ => page.Replace("KEY", "a", StringComparison.Ordinal).Replace("NEXT", "\"https://example.org/keys\"", StringComparison.Ordinal));
        Assert.Equal(4, (await desk.Cove("key", "list")).Exit);
    }

    [Fact]
    public async Task The_development_identity_is_not_offered_to_other_hosts()
    {
        var service = Answers(HttpStatusCode.OK, Bundle);
        Assert.Equal(2, (await desk.Cove("key", "list", "--vault", "https://vault.example.org")).Exit);
        Assert.Empty(service.Requests);
    }

    [Fact]
    public async Task A_token_for_another_host_comes_from_a_variable_not_from_the_command_line()
    {
        var service = Answers(_ => """{"value":[]}""");
        desk.Set("VAULT_TOKEN", "abc");
        Assert.Equal(0, (await desk.Cove("key", "list", "--vault", "https://vault.example.org", "--token", "env://VAULT_TOKEN")).Exit);
        Assert.Equal("Bearer abc", service.Requests[0].Authorization);
        Assert.Equal(2, (await desk.Cove("key", "list", "--vault", "https://vault.example.org", "--token", "env://NOT_SET")).Exit);
    }

    [Theory]
    [InlineData("http://localhost:7442")]
    [InlineData("https://user@localhost:7442")]
    [InlineData("https://localhost:7442/path")]
    [InlineData("localhost:7442")]
    public async Task A_vault_is_an_https_url(string url) => Assert.Equal(2, (await desk.Cove("key", "list", "--vault", url)).Exit);

    private AnsweringHandler Answers(HttpStatusCode status, string body) => Use(new AnsweringHandler((_, _) => (status, body)));

    private AnsweringHandler Answers(Func<HttpRequestMessage, string> body) => Use(new AnsweringHandler((request, _) => (HttpStatusCode.OK, body(request))));

    private AnsweringHandler Use(AnsweringHandler handler)
    {
        handlers.Add(handler);
        desk.HttpHandler = () => handler;
        return handler;
    }
}
