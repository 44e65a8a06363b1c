using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

/// <summary>A URL taken apart as the field's library does; every part that is not there is empty.</summary>
internal sealed record GoUrl(string Scheme, string Opaque, bool HasUser, string Host, string Path, string RawPath, string Query, string Fragment)
{
    private const string AlwaysKept = "!$&'()*+,;=:@[]-._~%/";
    private const string KeptInPath = "-_.~$&+,/:;=@";

    /// <summary>The path as it goes over the wire: as it was written where that is well-formed.</summary>
    public string EscapedPath => RawPath.Length > 0 && RawPath.All(static c => char.IsAsciiLetterOrDigit(c) || AlwaysKept.Contains(c, StringComparison.Ordinal))
        ? RawPath
        : Escape(Path);

    /// <summary>Takes a URL apart. Nothing is refused here: <c>uri.is_valid</c> does that.</summary>
    public static GoUrl Parse(string text)
    {
        var (rest, fragment) = Cut(text, '#');
        var scheme = "";
        var colon = rest.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && char.IsAsciiLetter(rest[0]) && rest.AsSpan(0, colon).IndexOfAnyExcept(SchemeCharacters) < 0)
            (scheme, rest) = (rest[..colon].ToLowerInvariant(), rest[(colon + 1)..]);
        (rest, var query) = Cut(rest, '?');
        if (scheme.Length > 0 && !rest.StartsWith('/')) return new GoUrl(scheme, rest, HasUser: false, "", "", "", query, fragment);
        var (host, hasUser) = ("", false);
        if (rest.StartsWith("//", StringComparison.Ordinal))
        {
            var slash = rest.IndexOf('/', 2);
            var authority = slash < 0 ? rest[2..] : rest[2..slash];
            rest = slash < 0 ? "" : rest[slash..];
            var at = authority.LastIndexOf('@');
            (hasUser, host) = (at >= 0, authority[(at + 1)..]);
        }

        var path = Uri.UnescapeDataString(rest);
        return new GoUrl(scheme, "", hasUser, host, path, Escape(path) == rest ? "" : rest, query, Uri.UnescapeDataString(fragment));
    }

    private static string Escape(string path) =>
        string.Concat(ByteText.ToBytes(path).Select(static b => char.IsAsciiLetterOrDigit((char)b) || (b < 0x80 && KeptInPath.Contains((char)b, StringComparison.Ordinal))
            ? ((char)b).ToString()
            : $"%{b:X2}"));

    private static readonly System.Buffers.SearchValues<char> SchemeCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

    private static (string Before, string After) Cut(string text, char mark)
    {
        var at = text.IndexOf(mark);
        return at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);
    }
}
