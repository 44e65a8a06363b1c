using System.Text;
using System.Text.Json;
using Cove.Keys.Release;
using Cove.Keys.ReleasePolicy;
using Cove.Outcomes;

namespace Cove.Keys.Tests.ReleasePolicy;

public sealed class KeyReleasePolicyTests
{
    private const string Claims = """
        {"s":"text","t":true,"n":3,"big":12345678901234567890,"f":1.50,"z":0,"nul":null,"list":["a","b",3],"empty":[],
         "outer":{"inner":{"leaf":"deep"}},"dotted.name":"exact","dotted":{"name":"walked"}}
        """;

    [Theory]
    [InlineData("""{"claim":"s","equals":"text"}""", true)]
    [InlineData("""{"claim":"s","equals":"Text"}""", false)]
    [InlineData("""{"claim":"absent","equals":"text"}""", false)]
    [InlineData("""{"claim":"t","equals":"true"}""", true)]
    [InlineData("""{"claim":"t","equals":true}""", true)]
    [InlineData("""{"claim":"t","equals":"false"}""", false)]
    [InlineData("""{"claim":"z","equals":"0"}""", true)]
    [InlineData("""{"claim":"f","equals":1.5}""", true)]
    [InlineData("""{"claim":"f","equals":"1.50"}""", false)]
    [InlineData("""{"claim":"big","equals":12345678901234567890}""", true)]
    [InlineData("""{"claim":"big","equals":12345678901234567891}""", false)]
    [InlineData("""{"claim":"s","notEquals":"other"}""", true)]
    [InlineData("""{"claim":"s","notEquals":"text"}""", false)]
    [InlineData("""{"claim":"absent","notEquals":"text"}""", false)]
    [InlineData("""{"claim":"nul","notEquals":"text"}""", false)]
    [InlineData("""{"claim":"n","greater":2}""", true)]
    [InlineData("""{"claim":"n","greater":3}""", false)]
    [InlineData("""{"claim":"n","greater":"2"}""", true)]
    [InlineData("""{"claim":"n","greaterOrEquals":3}""", true)]
    [InlineData("""{"claim":"n","greaterOrEquals":4}""", false)]
    [InlineData("""{"claim":"n","less":4}""", true)]
    [InlineData("""{"claim":"n","less":3}""", false)]
    [InlineData("""{"claim":"n","lessOrEquals":3}""", true)]
    [InlineData("""{"claim":"n","lessOrEquals":2}""", false)]
    [InlineData("""{"claim":"s","greater":2}""", false)]
    [InlineData("""{"claim":"absent","less":2}""", false)]
    [InlineData("""{"claim":"list","greater":2}""", false)]
    [InlineData("""{"claim":"s","exists":true}""", true)]
    [InlineData("""{"claim":"absent","exists":"true"}""", false)]
    [InlineData("""{"claim":"absent","exists":false}""", true)]
    [InlineData("""{"claim":"s","exists":false}""", false)]
    [InlineData("""{"claim":"nul","exists":true}""", false)]
    [InlineData("""{"claim":"list","equals":"b"}""", true)]
    [InlineData("""{"claim":"list","equals":"3"}""", true)]
    [InlineData("""{"claim":"list","equals":"c"}""", false)]
    [InlineData("""{"claim":"list","notEquals":"c"}""", true)]
    [InlineData("""{"claim":"list","notEquals":"a"}""", false)]
    [InlineData("""{"claim":"empty","notEquals":"a"}""", false)]
    [InlineData("""{"claim":"outer.inner.leaf","equals":"deep"}""", true)]
    [InlineData("""{"claim":"outer.inner","equals":"deep"}""", false)]
    [InlineData("""{"claim":"outer.inner","notEquals":"deep"}""", false)]
    [InlineData("""{"claim":"outer.other.leaf","equals":"deep"}""", false)]
    [InlineData("""{"claim":"dotted.name","equals":"exact"}""", true)]
    [InlineData("""{"claim":"dotted.name","equals":"walked"}""", false)]
    [InlineData("""{"claim":"s","condition":"equals","value":"text"}""", true)]
    [InlineData("""{"claim":"s","condition":"equals","value":"other"}""", false)]
    [InlineData("""{"anyOf":[{"claim":"s","equals":"no"},{"claim":"n","equals":"3"}]}""", true)]
    [InlineData("""{"anyOf":[{"claim":"s","equals":"no"},{"claim":"n","equals":"4"}]}""", false)]
    [InlineData("""{"allOf":[{"claim":"s","equals":"text"},{"anyOf":[{"claim":"n","equals":"3"}]}]}""", true)]
    [InlineData("""{"allOf":[{"claim":"s","equals":"text"},{"anyOf":[{"claim":"n","equals":"4"}]}]}""", false)]
    public void A_condition_holds_or_denies(string condition, bool holds)
        => Assert.Equal(holds, Evaluate(Policy($$"""{"authority":"https://maa.test","allOf":[{{condition}}]}""")).Count == 0);

    [Fact]
    public void A_denial_names_the_claim_what_was_expected_and_what_was_there()
    {
        var findings = Evaluate(Policy("""{"authority":"https://maa.test","allOf":[{"claim":"s","equals":"other"},{"claim":"absent","equals":"x"},{"claim":"n","equals":"3"}]}"""));
        Assert.Equal(
            [new Finding("release-claim-mismatch", "s", "equals other", "text", findings[0].Section), new Finding("release-claim-missing", "absent", "equals x", "absent", findings[0].Section)],
            findings);
    }

    [Theory]
    [InlineData("https://maa.test", true)]
    [InlineData("https://maa.test/", true)]
    [InlineData("https://MAA.test", true)]
    [InlineData("https://maa.test:443", true)]
    [InlineData("https://maa.test:8443", false)]
    [InlineData("https://maa.test/path", false)]
    [InlineData("https://maa.test.evil", false)]
    [InlineData("http://maa.test", false)]
    [InlineData("maa.test", false)]
    public void Only_tokens_of_the_named_authority_count(string issuer, bool accepted)
    {
        var findings = Evaluate(Policy("""{"authority":"https://maa.test","allOf":[{"claim":"s","equals":"text"}]}"""), issuer);
        Assert.Equal(accepted, findings.Count == 0);
        if (!accepted) Assert.Equal("release-authority-not-accepted", Assert.Single(findings).Code);
    }

    [Fact]
    public void Another_authority_of_the_list_may_match()
    {
        var policy = Policy("""{"authority":"https://one.test","anyOf":[{"claim":"s","equals":"text"}]},{"authority":"https://two.test","anyOf":[{"claim":"s","equals":"other"}]}""");
        Assert.Empty(Evaluate(policy, "https://one.test"));
        Assert.Equal("release-claim-mismatch", Assert.Single(Evaluate(policy, "https://two.test")).Code);
        Assert.Equal("release-authority-not-accepted", Assert.Single(Evaluate(policy, "https://three.test")).Code);
    }

    [Theory]
    [InlineData("""{"anyOf":[{"authority":"https://m","allOf":[{"claim":"a","equals":"b"}]}]}""", "version")]
    [InlineData("""{"version":"2.0.0","anyOf":[{"authority":"https://m","allOf":[{"claim":"a","equals":"b"}]}]}""", "version")]
    [InlineData("""{"version":"1.0.0"}""", "policy")]
    [InlineData("""{"version":"1.0.0","anyOf":[]}""", "anyOf")]
    [InlineData("""{"version":"1.0.0","anyOf":[],"allOf":[]}""", "policy")]
    [InlineData("""{"version":"1.0.0","anyOf":[{"authority":"http://m","allOf":[{"claim":"a","equals":"b"}]}]}""", "authority")]
    [InlineData("""{"version":"1.0.0","anyOf":[{"authority":"https://m"}]}""", "authority")]
    [InlineData("""{"version":"1.0.0","anyOf":[{"authority":"https://m","allOf":[]}]}""", "allOf")]
    [InlineData("""{"version":"1.0.0","anyOf":[{"authority":"https://m","allOf":[{"claim":"a"}]}]}""", "a")]
    [InlineData("""{"version":"1.0.0","anyOf":[{"authority":"https://m","allOf":[{"claim":"a","equals":"b","less":1}]}]}""", "a")]
    [InlineData("""{"version":"1.0.0","anyOf":[{"authority":"https://m","allOf":[{"claim":"a","matches":"b"}]}]}""", "a")]
    [InlineData("""{"version":"1.0.0","anyOf":[{"authority":"https://m","allOf":[{"claim":"a","equals":["b"]}]}]}""", "value")]
    [InlineData("""{"version":"1.0.0","anyOf":[{"authority":"https://m","allOf":[{"claim":"a","equals":null}]}]}""", "value")]
    [InlineData("""{"version":"1.0.0","anyOf":[{"authority":"https://m","allOf":[{"claim":"a","less":"b"}]}]}""", "a")]
    [InlineData("""{"version":"1.0.0","anyOf":[{"authority":"https://m","allOf":[{"claim":"a","exists":"maybe"}]}]}""", "a")]
    [InlineData("""{"version":"1.0.0","anyOf":[{"authority":"https://m","allOf":[{"claim":"","equals":"b"}]}]}""", "claim")]
    [InlineData("""{"version":"1.0.0","anyOf":[{"authority":"https://m","allOf":[{"claim":"a","equals":"b"}],"noneOf":[]}]}""", "noneOf")]
    [InlineData("""{"version":"1.0.0","unless":[],"anyOf":[{"authority":"https://m","allOf":[{"claim":"a","equals":"b"}]}]}""", "unless")]
    public void Refuses_a_policy_outside_the_grammar(string text, string field)
        => Assert.Equal(field, Assert.Throws<MalformedException>(() => Parse(text)).Field);

    [Fact]
    public void Refuses_conditions_nested_deeper_than_the_limit()
    {
        var condition = """{"claim":"a","equals":"b"}""";
        for (var i = 0; i < 7; i++) condition = $$"""{"allOf":[{{condition}}]}""";
        Policy($$"""{"authority":"https://m","allOf":[{{condition}}]}""");
        Assert.Throws<MalformedException>(() => Policy($$"""{"authority":"https://m","allOf":[{"allOf":[{{condition}}]}]}"""));
    }

    [Fact]
    public void Normalises_as_the_services_do()
    {
        const string text = """{ "version":"1.0", "anyOf":[ {"authority":"https://m/","allOf":[{"claim":"a","condition":"equals","value":true},{"claim":"n","greater":1},{"anyOf":[{"claim":"c","equals":"d+e"}]}]} ] }""";
        Assert.Equal(
            """{"version":"1.0.0","anyOf":[{"authority":"https://m/","allOf":[{"claim":"a","equals":"true"},{"claim":"n","greater":1},{"anyOf":[{"claim":"c","equals":"d+e"}]}]}]}""",
            Encoding.UTF8.GetString(Parse(text).ToJson(ReleaseDialect.Vault)));
        Assert.Equal(
            """{"anyOf":[{"allOf":[{"claim":"a","equals":"true"},{"claim":"n","greater":1},{"anyOf":[{"claim":"c","equals":"d+e"}]}],"authority":"https://m/"}],"version":"1.0.0"}""",
            Encoding.UTF8.GetString(Parse(text).ToJson(ReleaseDialect.ManagedHsm)));
    }

    [Fact]
    public void Normalises_the_recorded_policy_to_the_recorded_text()
    {
        var data = StrictBytes("policyData");
        Assert.Equal(StrictBytes("policyDataMhsmNormalised"), KeyReleasePolicy.Parse(data).ToJson(ReleaseDialect.ManagedHsm));
        Assert.Equal(data, KeyReleasePolicy.Parse(data).ToJson(ReleaseDialect.Vault));
    }

    [Fact]
    public void Normalising_twice_changes_nothing()
    {
        var once = Parse("""{"version":"1.0","anyOf":[{"authority":"https://m","anyOf":[{"claim":"a","exists":true}]}]}""").ToJson(ReleaseDialect.ManagedHsm);
        Assert.Equal(once, KeyReleasePolicy.Parse(once).ToJson(ReleaseDialect.ManagedHsm));
    }

    private static byte[] StrictBytes(string member) => Cove.Formats.Jose.Base64Url.Decode(SkrVectors.Root.GetProperty(member).GetString(), "test", member);

    private static IReadOnlyList<Finding> Evaluate(KeyReleasePolicy policy, string issuer = "https://maa.test")
    {
        using var claims = JsonDocument.Parse(Claims);
        return policy.Evaluate(issuer, claims.RootElement);
    }

    private static KeyReleasePolicy Policy(string authorities) => Parse($$"""{"version":"1.0.0","anyOf":[{{authorities}}]}""");

    private static KeyReleasePolicy Parse(string text) => KeyReleasePolicy.Parse(Encoding.UTF8.GetBytes(text));
}
