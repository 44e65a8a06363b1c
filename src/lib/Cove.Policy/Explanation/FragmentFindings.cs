using Cove.Outcomes;
using Cove.Rego.Values;

namespace Cove.Policy.Explanation;

/// <summary>Why a policy takes a fragment or a trust list not in: who it would take one from, and from which version on.</summary>
internal static class FragmentFindings
{
    private const string Section = "container-policy §2.6";

    /// <param name="imports">The imports that the policy and its fragments declare.</param>
    /// <param name="input">What was asked.</param>
    /// <param name="errors">The framework's sentences.</param>
    internal static IReadOnlyList<Finding> For(RegoValue? imports, RegoObject input, IReadOnlyList<string> errors)
    {
        var declared = PolicyReader.Objects(imports).ToList();
        var issuer = PolicyReader.Text(input["issuer"]) ?? "";
        var feed = PolicyReader.Text(input["feed"]) ?? PolicyReader.Text(input["subject"]) ?? "";
        var ofIssuer = declared.Where(import => PolicyReader.Text(import["issuer"]) == issuer).ToList();
        if (ofIssuer.Count == 0) return [new Finding("fragment-issuer-not-imported", "issuer", Listed(declared, "issuer"), issuer, Section)];
        var ofFeed = ofIssuer.Where(import => (PolicyReader.Text(import["feed"]) ?? PolicyReader.Text(import["subject"])) == feed).ToList();
        if (ofFeed.Count == 0) return [new Finding("fragment-feed-not-imported", "feed", Listed(ofIssuer, "feed", "subject"), feed, Section)];
        return [.. Reasons(ofFeed, input, errors)];
    }

    private static IEnumerable<Finding> Reasons(List<RegoObject> imports, RegoObject input, IReadOnlyList<string> errors)
    {
        var svn = (input["header_svn"] ?? input["svn"]) is { Kind: RegoKind.Number } number ? number.ToJson() : "its text's";
        var minimum = $"at least {string.Join(" or ", imports.Select(import => PolicyReader.Text(import["minimum_svn"]) ?? import["minimum_svn"]?.ToJson() ?? "none"))}";

        // A version too low in the header alone is denied without a sentence.
        if (errors.Count == 0) yield return new Finding("fragment-svn-below-minimum", "svn", minimum, svn, Section);
        foreach (var error in errors)
        {
            yield return error.StartsWith("missing receipt from ", StringComparison.Ordinal)
                ? new Finding("fragment-receipt-missing", "receipts", $"a receipt of {error["missing receipt from ".Length..]} that holds", "none", Section)
                : error == "fragment svn is below the specified minimum"
                ? new Finding("fragment-svn-below-minimum", "svn", minimum, svn, Section)
                : new Finding("denied-by-policy", "fragment", "a fragment that the policy allows", error, Section);
        }
    }

    private static string Listed(List<RegoObject> imports, params string[] members)
    {
        var names = imports.Select(import => members.Select(member => PolicyReader.Text(import[member])).FirstOrDefault(name => name is not null) ?? "").Distinct(StringComparer.Ordinal).ToList();
        return names.Count == 0 ? "none: the policy imports nothing" : string.Join(" or ", names);
    }
}
