using System.Net;
using System.Net.Sockets;
using Cove.Rego.Patterns;

namespace Cove.Rego.Builtins;

/// <summary>The named formats of JSON Schema. A name that is not known asks for nothing.</summary>
internal static class SchemaFormats
{
    private const string Date = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
    private const string Time = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?";
    private const string Zone = "(Z|[+-][0-9]{2}:[0-9]{2})";
    private const string Label = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";

    private static readonly Dictionary<string, string> Shapes = new()
    {
        ["date"] = $"^{Date}$",
        ["time"] = $"^{Time}{Zone}?$",
        ["date-time"] = $"^({Date}T{Time}{Zone}|{Date}|{Time}{Zone}?)$",
        ["hostname"] = $"^{Label}(\\.{Label})*$",
        ["email"] = "^[^@\\s<>()\\[\\],;:]+@[^@\\s<>()\\[\\],;:]+$",
        ["idn-email"] = "^[^@\\s<>()\\[\\],;:]+@[^@\\s<>()\\[\\],;:]+$",
        ["uuid"] = "^(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
        ["json-pointer"] = "^(/([^~/]|~0|~1)*)*$",
        ["relative-json-pointer"] = "^(0|[1-9][0-9]*)(#|(/([^~/]|~0|~1)*)*)$",
        ["uri-template"] = "^([^{}]|\\{[^{}]+\\})*$",
    };

    public static bool IsOf(string format, string text, PatternCache patterns)
    {
        if (Shapes.TryGetValue(format, out var shape)) return patterns.Regex(shape).IsMatch(text) && (format != "hostname" || text.Length < 256);
        return format switch
        {
            "ipv4" => text.Count(static c => c == '.') == 3 && IPAddress.TryParse(text, out var four) && four.AddressFamily == AddressFamily.InterNetwork,
            "ipv6" => text.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(text, out var six) && six.AddressFamily == AddressFamily.InterNetworkV6,
            "uri" or "iri" => UriBuiltins.IsValid(text) && GoUrl.Parse(text).Scheme.Length > 0 && !text.Contains('\\', StringComparison.Ordinal),
            "uri-reference" or "iri-reference" => UriBuiltins.IsValid(text) && !text.Contains('\\', StringComparison.Ordinal),
            "regex" => IsRegex(text, patterns),
            _ => true,
        };
    }

    private static bool IsRegex(string text, PatternCache patterns)
    {
        try
        {
            patterns.Regex(text);
            return true;
        }
        catch (RegexSyntaxException)
        {
            return false;
        }
    }
}
