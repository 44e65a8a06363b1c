using System.Net;

namespace Cove.Rego.Certificates;

/// <summary>What a chain must satisfy.</summary>
/// <param name="Moment">The time at which all certificates must be valid.</param>
/// <param name="HostName">A name or address that the leaf must be for; empty for any.</param>
/// <param name="Purposes">Purposes of which the chain must allow one, by their number in the JSON form; 0 stands for any.</param>
internal sealed record X509Demands(DateTimeOffset Moment, string HostName, IReadOnlyList<int> Purposes);

/// <summary>Finds and checks the way from a leaf to a root (RFC 5280 §6), with nothing from outside.</summary>
internal sealed class X509Chain(X509Certificate root, IReadOnlyList<X509Certificate> between, X509Demands demands)
{
    private const int MostSignatures = 100;
    private int _signatures;

    /// <summary>The chain from the leaf to the root, or null when there is none that holds.</summary>
    public List<X509Certificate>? From(X509Certificate leaf)
    {
        if (demands.HostName.Length > 0 && !IsFor(leaf, demands.HostName)) return null;
        if (leaf.Values.Unhandled.Count > 0 || !IsCurrent(leaf)) return null;
        if (IsSame(leaf, root)) return AllowsPurpose([leaf]) ? [leaf] : null;
        return Extend([leaf]);
    }

    private List<X509Certificate>? Extend(List<X509Certificate> chain)
    {
        var last = chain[^1];
        if (IsIssuer(root, chain) && AllowsPurpose([.. chain, root])) return [.. chain, root];
        foreach (var candidate in between)
        {
            if (chain.Exists(c => IsSame(c, candidate)) || IsSame(candidate, last) || !IsIssuer(candidate, chain)) continue;
            if (Extend([.. chain, candidate]) is { } whole) return whole;
        }

        return null;
    }

    private static bool IsSame(X509Certificate a, X509Certificate b) => a.Der.AsSpan().SequenceEqual(b.Der);

    /// <summary>True when the candidate is an authority that may stand behind the chain and has signed its last certificate.</summary>
    private bool IsIssuer(X509Certificate candidate, List<X509Certificate> chain)
    {
        var last = chain[^1];
        var values = candidate.Values;
        if (!candidate.Subject.Der.AsSpan().SequenceEqual(last.Issuer.Der) || values.Unhandled.Count > 0 || !IsCurrent(candidate)) return false;
        if (candidate.Version == 3 ? !values.HasBasicConstraints || !values.IsAuthority : values.HasBasicConstraints && !values.IsAuthority) return false;
        const int MaySignCertificates = 1 << 5;
        if (values.KeyUsage != 0 && (values.KeyUsage & MaySignCertificates) == 0) return false;
        if (values.HasBasicConstraints && values.MaxPathLength >= 0 && chain.Count - 1 > values.MaxPathLength) return false;
        if (!chain.TrueForAll(c => values.Constraints.Allows(c.Values.Names))) return false;
        return ++_signatures <= MostSignatures && candidate.PublicKey.Verifies(last.Algorithm, last.Signed, last.Signature);
    }

    private bool IsCurrent(X509Certificate certificate) => demands.Moment >= certificate.NotBefore && demands.Moment <= certificate.NotAfter;

    /// <summary>Some wanted purpose that no certificate of the chain rules out. One without purposes, or with "any", rules out none.</summary>
    private bool AllowsPurpose(List<X509Certificate> chain) => demands.Purposes.Any(purpose => purpose == 0 || chain.TrueForAll(c =>
        (c.Values.ExtendedUsages.Count == 0 && c.Values.UnknownUsages.Count == 0) || c.Values.ExtendedUsages.Contains(0) || c.Values.ExtendedUsages.Contains(purpose)));

    private static bool IsFor(X509Certificate leaf, string host)
    {
        var bare = host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host;
        if (IPAddress.TryParse(bare, out var address)) return leaf.Values.Names.Addresses.Exists(a => new IPAddress(a).Equals(address));
        var labels = host.TrimEnd('.').Split('.');
        return leaf.Values.Names.DnsNames.Exists(name => Matches(name.TrimEnd('.').Split('.'), labels));
    }

    /// <summary>A star stands for exactly one label, the first.</summary>
    private static bool Matches(string[] pattern, string[] host)
    {
        if (pattern.Length != host.Length) return false;
        for (var i = 0; i < pattern.Length; i++)
        {
            if (i == 0 && pattern[0] == "*" && pattern.Length > 1) continue;
            if (pattern[i].Length == 0 || !pattern[i].Equals(host[i], StringComparison.OrdinalIgnoreCase)) return false;
        }

        return true;
    }
}
