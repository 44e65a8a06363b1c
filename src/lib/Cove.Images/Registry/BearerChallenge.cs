using System.Net.Http.Headers;

namespace Cove.Images.Registry;

/// <summary>Where a registry sends its clients for a token, and what to ask for there (<c>WWW-Authenticate: Bearer</c>).</summary>
internal sealed record BearerChallenge(Uri Realm, string? Service, string? Scope)
{
    /// <summary>The challenge in a registry's answer; null where it is another kind, or none.</summary>
    public static BearerChallenge? Read(HttpHeaderValueCollection<AuthenticationHeaderValue> challenges)
    {
        foreach (var challenge in challenges.Where(one => one.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)))
        {
            var parameters = Parameters(challenge.Parameter ?? "");
            if (parameters.TryGetValue("realm", out var realm) && Uri.TryCreate(realm, UriKind.Absolute, out var uri))
                return new BearerChallenge(uri, parameters.GetValueOrDefault("service"), parameters.GetValueOrDefault("scope"));
        }

        return null;
    }

    /// <summary>The address to ask for a token.</summary>
    public Uri Address(string scope)
    {
        var query = new List<string>();
        if (Service is not null) query.Add($"service={Uri.EscapeDataString(Service)}");
        query.Add($"scope={Uri.EscapeDataString(Scope ?? scope)}");
        return new UriBuilder(Realm) { Query = string.Join('&', (Realm.Query.Length > 1 ? [Realm.Query[1..]] : Array.Empty<string>()).Concat(query)) }.Uri;
    }

    // name="value" pairs between commas; a value may hold commas.
    private static Dictionary<string, string> Parameters(string text)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var at = 0;
        while (at < text.Length)
        {
            var equals = text.IndexOf('=', at);
            if (equals < 0) break;
            var name = text[at..equals].Trim(' ', ',');
            var quoted = equals + 1 < text.Length && text[equals + 1] == '"';
            var start = equals + (quoted ? 2 : 1);
            var end = text.IndexOf(quoted ? '"' : ',', Math.Min(start, text.Length));
            if (end < 0) end = text.Length;
            parameters.TryAdd(name, text[Math.Min(start, end)..end]);
            at = end + 1;
        }

        return parameters;
    }
}
