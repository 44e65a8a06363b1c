using Cove.Policy.Enforcement;
using Cove.Rego.Values;

namespace Cove.Policy.Fragments;

/// <summary>
/// Asks a policy about verified statements and takes in what it lets in. Nothing unverified gets here: its argument's type is the proof.
/// </summary>
internal sealed class FragmentDoor
{
    /// <summary>The ledgers whose receipts count. Setting them restores a saved state.</summary>
    internal LedgerKeys Ledgers { get; set; } = LedgerKeys.None;

    /// <summary>Loads a fragment: allowed as a whole or not at all.</summary>
    internal (RegoObject Input, Ruling Ruling) LoadFragment(EnforcementEngine engine, VerifiedStatement verified)
    {
        var statement = new FragmentStatement(verified.Issuer, verified.Feed, verified.Svn) { Receipts = Ledgers.Receipts(verified.Signed) };
        var text = verified.Text();
        var outcome = FragmentLoader.Load(engine, statement, text);
        var ruling = outcome.Statement is Ruling.Allowed ? outcome.Modules.FirstOrDefault(module => module is not Ruling.Allowed) ?? outcome.Modules[^1] : outcome.Statement;
        return (statement.Input(FragmentLoader.FindNamespace(text), loaded: outcome.Statement is Ruling.Allowed), ruling);
    }

    /// <summary>Loads a trust list: the keys of those ledgers that the policy lets it speak for.</summary>
    internal (RegoObject Input, Ruling Ruling) LoadTrustList(EnforcementEngine engine, VerifiedStatement verified)
    {
        var offered = LedgerKeys.Offered(verified.Payload);
        var input = RegoObject.Of(
            ("issuer", RegoValue.Of(verified.Issuer)),
            ("subject", RegoValue.Of(verified.Feed)),
            ("svn", verified.Svn is { } svn ? RegoValue.Of(svn) : RegoValue.Null),
            ("ledgers", ToRego.Texts(offered.Keys)));
        if (verified.Svn is null) return (input, new Ruling.Failed("a trust list names its svn in its header"));
        var ruling = engine.Ask("load_transparency_trust_list", input);
        if (ruling is not Ruling.Allowed { Answer: var answer }) return (input, ruling);
        foreach (var ledger in Names(answer["ledgers"]).Where(offered.ContainsKey)) Ledgers = Ledgers.With(ledger, offered[ledger], verified.Feed);
        return (input, ruling);
    }

    private static IEnumerable<string> Names(RegoValue? ledgers) => (ledgers switch
    {
        RegoArray list => list.AsSpan().ToArray(),
        RegoSet set => set.AsSpan().ToArray(),
        _ => [],
    }).OfType<RegoString>().Select(name => name.Value);
}
