using System.Diagnostics.CodeAnalysis;
using Cove.Outcomes;

namespace Cove.Keys.ReleasePolicy;

/// <summary>
/// The URL of an attestation service, as policies and tokens name it. Two are equal when scheme, host, port and path are; one
/// slash at the end makes no difference, since services and policies disagree about it.
/// </summary>
public sealed record AuthorityUrl
{
    private const int MaximumLength = 2048;

    private AuthorityUrl(string canonical) => Canonical = canonical;

    /// <summary>The URL with lower-case host, without default port and without a slash at the end.</summary>
    public string Canonical { get; }

    /// <summary>Reads a URL.</summary>
    /// <exception cref="MalformedException">Not an absolute <c>https</c> URL, or one with user, query or fragment.</exception>
    public static AuthorityUrl Parse(string text) => TryParse(text, out var url) ? url
        : throw new MalformedException("Key Release Policy", "authority", "is not an absolute https URL without user, query and fragment");

    /// <summary>Reads a URL, or says that it is none of an authority.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out AuthorityUrl? url)
    {
        url = null;
        if (text.Length > MaximumLength || !Uri.TryCreate(text, UriKind.Absolute, out var parsed) || parsed.Scheme != Uri.UriSchemeHttps)
            return false;
        if (parsed.UserInfo.Length > 0 || parsed.Query.Length > 0 || parsed.Fragment.Length > 0 || parsed.Host.Length == 0) return false;
        var path = parsed.AbsolutePath.EndsWith('/') ? parsed.AbsolutePath[..^1] : parsed.AbsolutePath;
        url = new(parsed.GetLeftPart(UriPartial.Authority) + path);
        return true;
    }

    /// <summary>An address below the authority, e.g. <c>.well-known/openid-configuration</c>.</summary>
    public Uri Below(string relative) => new($"{Canonical}/{relative}");

    /// <summary><see cref="Canonical"/>.</summary>
    public override string ToString() => Canonical;
}
