using Cove.Policy;
using Cove.Policy.Enforcement;
using Cove.Policy.Fragments;
using Cove.Tests.Enforcement;

namespace Cove.Tests.Fragments;

public sealed class LoadTests
{
    private const string Feed = "contoso.example/infra";
    private const string FromFragment = "fragment-layer";

    [Theory]
    [InlineData("2", null)]
    [InlineData("3", null)]
    [InlineData("2", 2L)]
    public void A_fragment_that_the_policy_imports_adds_its_containers(string svn, long? header)
    {
        using var authority = new FragmentAuthority();
        var enforcer = Under(authority.Issuer, minimum: "2");
        Assert.Equal("layer-not-listed", Denied(Mount(enforcer)).Code);
        Assert.IsType<PolicyDecision<Granted>.Allowed>(enforcer.LoadFragment(authority.Verified(Text(svn), Feed, header)));
        Assert.IsType<PolicyDecision<Granted>.Allowed>(Mount(enforcer));
    }

    [Theory]
    [InlineData("1", null, "fragment-svn-below-minimum")]
    [InlineData("2", 1L, "fragment-svn-below-minimum")]
    [InlineData("3", 2L, "denied-by-policy")]
    public void A_fragment_below_the_minimum_version_is_revoked(string svn, long? header, string code)
    {
        using var authority = new FragmentAuthority();
        var enforcer = Under(authority.Issuer, minimum: "2");
        Assert.Equal(code, Denied(enforcer.LoadFragment(authority.Verified(Text(svn), Feed, header))).Code);
        Assert.Equal("layer-not-listed", Denied(Mount(enforcer)).Code);
    }

    [Fact]
    public void A_fragment_of_another_issuer_or_feed_is_denied_and_told_which_would_be_taken()
    {
        using var authority = new FragmentAuthority();
        using var other = new FragmentAuthority("Fabrikam");
        var enforcer = Under(authority.Issuer, minimum: "1");
        var issuer = Denied(enforcer.LoadFragment(other.Verified(Text("5"), Feed)));
        Assert.Equal(("fragment-issuer-not-imported", authority.Issuer, other.Issuer), (issuer.Code, issuer.Expected, issuer.Actual));
        var feed = Denied(enforcer.LoadFragment(authority.Verified(Text("5"), "contoso.example/other")));
        Assert.Equal(("fragment-feed-not-imported", Feed, "contoso.example/other"), (feed.Code, feed.Expected, feed.Actual));
    }

    [Fact]
    public void A_fragment_gets_the_parameters_of_its_import()
    {
        using var authority = new FragmentAuthority();
        var enforcer = Under(authority.Issuer, minimum: "1", """, "parameters": {"layer": "given"}""");
        var text = Text("1").Replace($"\"{FromFragment}\"", "parameter(\"layer\")", StringComparison.Ordinal) + "parameters_api := {\"layer\": {\"default\": \"usual\"}}\n";
        Assert.IsType<PolicyDecision<Granted>.Allowed>(enforcer.LoadFragment(authority.Verified(text, Feed)));
        Assert.IsType<PolicyDecision<Granted>.Allowed>(enforcer.MountDevice("/run/mounts/scsi/m0", "given"));
        Assert.IsType<PolicyDecision<Granted>.Denied>(enforcer.MountDevice("/run/mounts/scsi/m1", "usual"));
    }

    [Fact]
    public void A_fragment_may_import_the_next_one()
    {
        using var first = new FragmentAuthority();
        using var second = new FragmentAuthority("Fabrikam");
        var enforcer = Under(first.Issuer, minimum: "1", includes: "\"fragments\"");
        Assert.Equal("fragment-issuer-not-imported", Denied(enforcer.LoadFragment(second.Verified(Text("1"), "fabrikam.example/app"))).Code);
        var opens = $$"""
            package opens

            svn := "1"
            framework_version := "0.5.0"
            fragments := [{"issuer": "{{second.Issuer}}", "feed": "fabrikam.example/app", "minimum_svn": "1", "includes": ["containers"]}]
            """;
        Assert.IsType<PolicyDecision<Granted>.Allowed>(enforcer.LoadFragment(first.Verified(opens, Feed)));
        Assert.IsType<PolicyDecision<Granted>.Allowed>(enforcer.LoadFragment(second.Verified(Text("1"), "fabrikam.example/app")));
        Assert.IsType<PolicyDecision<Granted>.Allowed>(Mount(enforcer));
    }

    [Fact]
    public void A_required_receipt_is_missed_until_a_trust_list_brings_its_ledgers_key()
    {
        var envelope = SignedStatement.Parse(File.ReadAllBytes(Vectors.Path("attestation", "microsoft-cosesign1go", "esrp_transparent_hash_envelop.cose")));
        var list = SignedStatement.Parse(File.ReadAllBytes(Vectors.Path("attestation", "microsoft-cosesign1go", "aci-cc-ttl.ttl.cose")));
        Assert.True(list.Verify().IsAccepted(out var verified, out _));
        var offered = LedgerKeys.Offered(verified!.Payload);
        Assert.NotEmpty(offered);

        Assert.Empty(LedgerKeys.None.Receipts(envelope).AsSpan().ToArray());
        var known = offered.Aggregate(LedgerKeys.None, (keys, ledger) => keys.With(ledger.Key, ledger.Value, verified.Feed));
        var receipt = Assert.Single(known.Receipts(envelope).AsSpan().ToArray());
        Assert.Contains(verified.Feed, receipt.ToJson(), StringComparison.Ordinal);

        var grafted = SignedStatement.Parse(File.ReadAllBytes(Vectors.Path("attestation", "microsoft-cosesign1go", "esrp_with_grafted_receipt.cose")));
        Assert.Empty(known.Receipts(grafted).AsSpan().ToArray());
    }

    [Theory]
    [InlineData("*", true)]
    [InlineData("esrp-cts-cp.confidential-ledger.azure.com", true)]
    [InlineData("no.such.ledger", false)]
    public void A_trust_list_speaks_only_for_ledgers_that_the_policy_names(string ledger, bool allowed)
    {
        Assert.True(SignedStatement.Parse(File.ReadAllBytes(Vectors.Path("attestation", "microsoft-cosesign1go", "aci-cc-ttl.ttl.cose"))).Verify().IsAccepted(out var list, out _));
        var policy = Guests.Make(text => text + $"\nload_transparency_trust_list := data.framework.load_transparency_trust_list\ntransparency_trust_lists := [{{\"issuer\": \"{list!.Issuer}\", \"subject\": \"{list.Feed}\", \"minimum_svn\": \"0\", \"allowed_ledgers\": [\"{ledger}\"]}}]\n");
        Assert.Equal(allowed, Guests.Set(policy).LoadTrustList(list!).IsAllowed(out _, out _));
    }

    private static PolicyDecision<Granted> Mount(PolicyEnforcer enforcer) => enforcer.MountDevice("/run/mounts/scsi/m9", FromFragment);

    private static Cove.Outcomes.Finding Denied(PolicyDecision<Granted> decision) => Assert.IsType<PolicyDecision<Granted>.Denied>(decision).Denial.Findings[0];

    private static PolicyEnforcer Under(string issuer, string minimum, string more = "", string includes = "\"containers\"") => Guests.Set(PolicyText.FromText($$"""
        package policy

        api_version := "0.12.0"
        framework_version := "0.5.0"
        fragments := [{"issuer": "{{issuer}}", "feed": "{{Feed}}", "minimum_svn": "{{minimum}}", "includes": [{{includes}}]{{more}}}]
        mount_device := data.framework.mount_device
        load_fragment := data.framework.load_fragment
        reason := {"errors": data.framework.errors}
        """));

    private static string Text(string svn) => $$"""
        package contoso

        svn := "{{svn}}"
        framework_version := "0.5.0"
        containers := [{"layers": ["{{FromFragment}}"]}]

        """;
}
