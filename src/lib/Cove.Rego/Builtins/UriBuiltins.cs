using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

internal static class UriBuiltins
{
    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("uri.parse", "(str) -> object[str: str]") { One = Parse },
        new("uri.is_valid", "(str) -> bool") { One = static (_, a) => RegoValue.Of(a is RegoString { Text.Length: > 0 } text && IsValid(text.Text)) },
    ];

    /// <summary>True for a URL or a reference to one.</summary>
    public static bool IsValid(string text) => TryParse(text, out _, out _);

    private static RegoValue? Parse(EvaluationContext context, RegoValue value)
    {
        if (!Operands.Text(context, value, 1, out var text)) return null;
        if (!TryParse(text, out var parts, out var problem)) return context.Fail($"parse {GoQuote.Quote(text)}: {problem}");
        return RegoObject.Of([.. parts.Where(static p => p.Value.Length > 0).Select(static p => (p.Key, (RegoValue)Operands.Result(p.Value)))]);
    }

    private static bool TryParse(string text, out Dictionary<string, string> parts, out string problem)
    {
        parts = [];
        problem = "";
        if (text.Any(static c => c < ' ' || c == 0x7f))
        {
            problem = "net/url: invalid control character in URL";
            return false;
        }

        var rest = text;
        if (Cut(ref rest, '#') is { } fragment)
        {
            if (!Unescape(fragment, out var plain, out problem)) return false;
            parts["fragment"] = plain;
        }

        if (!Scheme(ref rest, parts, out problem)) return false;
        if (Cut(ref rest, '?') is { } query) parts["raw_query"] = query;
        if (!rest.StartsWith('/') && parts.ContainsKey("scheme")) return true;
        if (!rest.StartsWith('/') && rest.Split('/')[0].Contains(':', StringComparison.Ordinal))
        {
            problem = "first path segment in URL cannot contain colon";
            return false;
        }

        if (rest.StartsWith("//", StringComparison.Ordinal) && (parts.ContainsKey("scheme") || !rest.StartsWith("///", StringComparison.Ordinal)))
        {
            var authority = rest[2..];
            var slash = authority.IndexOf('/', StringComparison.Ordinal);
            rest = slash < 0 ? "" : authority[slash..];
            if (!Authority(slash < 0 ? authority : authority[..slash], parts, out problem)) return false;
        }

        if (!Unescape(rest, out var path, out problem)) return false;
        parts["path"] = path;
        parts["raw_path"] = rest;
        return true;
    }

    private static string? Cut(ref string text, char mark)
    {
        var at = text.IndexOf(mark);
        if (at < 0) return null;
        var tail = text[(at + 1)..];
        text = text[..at];
        return tail;
    }

    private static bool Scheme(ref string rest, Dictionary<string, string> parts, out string problem)
    {
        problem = "";
        for (var i = 0; i < rest.Length; i++)
        {
            var c = rest[i];
            if (char.IsAsciiLetter(c) || (i > 0 && (char.IsAsciiDigit(c) || c is '+' or '-' or '.'))) continue;
            if (c != ':') return true;
            if (i == 0)
            {
                problem = "missing protocol scheme";
                return false;
            }

            parts["scheme"] = rest[..i].ToLowerInvariant();
            rest = rest[(i + 1)..];
            return true;
        }

        return true;
    }

    private static bool Authority(string authority, Dictionary<string, string> parts, out string problem)
    {
        problem = "";
        var at = authority.LastIndexOf('@');
        var host = at < 0 ? authority : authority[(at + 1)..];
        var portAt = host.StartsWith('[') ? host.LastIndexOf(']') + 1 : host.LastIndexOf(':');
        if (host.StartsWith('[') && portAt == 0)
        {
            problem = "missing ']' in host";
            return false;
        }

        var port = portAt < 0 ? "" : host[portAt..];
        if (port.Length > 0 && (port[0] != ':' || port.AsSpan(1).ContainsAnyExceptInRange('0', '9')))
        {
            problem = $"invalid port {GoQuote.Quote(port)} after host";
            return false;
        }

        var name = portAt < 0 ? host : host[..portAt];
        var bad = name.IndexOfAny([' ', '"', '<', '>', '\\', '^', '`', '{', '|', '}']);
        if (bad >= 0)
        {
            problem = $"invalid character {GoQuote.Quote(name[bad].ToString())} in host name";
            return false;
        }

        parts["hostname"] = name.Trim('[', ']');
        parts["port"] = port.TrimStart(':');
        return true;
    }

    private static bool Unescape(string text, out string result, out string problem)
    {
        (result, problem) = (text, "");
        if (!text.Contains('%', StringComparison.Ordinal)) return true;
        var bytes = ByteText.ToBytes(text);
        var output = new List<byte>(bytes.Length);
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != '%')
            {
                output.Add(bytes[i]);
                continue;
            }

            if (i + 2 >= bytes.Length || !char.IsAsciiHexDigit((char)bytes[i + 1]) || !char.IsAsciiHexDigit((char)bytes[i + 2]))
            {
                problem = $"invalid URL escape {GoQuote.Quote(ByteText.FromBytes(bytes.AsSpan(i, Math.Min(3, bytes.Length - i))))}";
                return false;
            }

            output.Add(Convert.FromHexString([(char)bytes[i + 1], (char)bytes[i + 2]])[0]);
            i += 2;
        }

        result = ByteText.FromBytes(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(output));
        return true;
    }
}
