using System.Globalization;
using System.Text;
using System.Text.Json;
using static Cove.Policy.Templates.ArmFunctions;

namespace Cove.Policy.Templates;

/// <summary>Functions over strings.</summary>
internal static class ArmTextFunctions
{
    internal static readonly IReadOnlyList<KeyValuePair<string, ArmFunction>> Rows =
    [
        Row("toLower", 1, c => new ArmText(c.Text(0).ToLowerInvariant())),
        Row("toUpper", 1, c => new ArmText(c.Text(0).ToUpperInvariant())),
        Row("trim", 1, c => new ArmText(c.Text(0).Trim())),
        Row("replace", 3, c =>
            new ArmText(c.Text(1).Length == 0 ? throw c.Fail("the text to replace is empty") : c.Text(0).Replace(c.Text(1), c.Text(2), StringComparison.Ordinal))),
        Row("split", 2, Split),
        Row("join", 2, c => new ArmText(string.Join(c.Text(1), c.Array(0).Items.Select(item => Plain(c, item))))),
        Row("substring", 2, 3, Substring),
        Row("startsWith", 2, c => new ArmBool(c.Text(0).StartsWith(c.Text(1), StringComparison.OrdinalIgnoreCase))),
        Row("endsWith", 2, c => new ArmBool(c.Text(0).EndsWith(c.Text(1), StringComparison.OrdinalIgnoreCase))),
        Row("indexOf", 2, c => new ArmNumber(c[0] is ArmArray array
            ? array.Items.TakeWhile(item => !AreEqual(item, c[1])).Count() is var i && i < array.Items.Count ? i : -1
            : c.Text(0).IndexOf(c.Text(1), StringComparison.OrdinalIgnoreCase))),
        Row("lastIndexOf", 2, c => new ArmNumber(c.Text(0).LastIndexOf(c.Text(1), StringComparison.OrdinalIgnoreCase))),
        Row("padLeft", 2, 3, c => new ArmText(Plain(c, c[0]).PadLeft(Width(c), c.Count == 3 && c.Text(2).Length == 1 ? c.Text(2)[0] : ' '))),
        Row("string", 1, c => new ArmText(c[0] is ArmText text ? text.Value : Plain(c, c[0]))),
        Row("int", 1, c =>
            c[0] is ArmNumber
                ? c[0] : new ArmNumber(long.TryParse(c.Text(0), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n
                : throw c.Fail("the text is not a whole number"))),
        Row("bool", 1, Bool),
        Row("json", 1, Json),
        Row("format", 1, int.MaxValue, Format),
        Row("base64", 1, c => new ArmText(Convert.ToBase64String(Encoding.UTF8.GetBytes(c.Text(0))))),
        Row("base64ToString", 1, c => new ArmText(FromBase64(c))),
        Row("base64ToJson", 1, c => ParseJson(c, FromBase64(c))),
        Row("uriComponent", 1, c => new ArmText(Uri.EscapeDataString(c.Text(0)))),
        Row("uriComponentToString", 1, c => new ArmText(Uri.UnescapeDataString(c.Text(0)))),
        Row("uri", 2, c =>
            new ArmText(Uri.TryCreate(c.Text(0), UriKind.Absolute, out var root) && Uri.TryCreate(root, c.Text(1), out var whole)
                ? whole.ToString()
                : throw c.Fail("the parts make no URI"))),
        Row("dataUri", 1, c => new ArmText($"data:text/plain;charset=utf8;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(c.Text(0)))}")),
    ];

    /// <summary>A value as text: strings as they are, everything else as JSON.</summary>
    internal static string Plain(ArmCall call, ArmValue value) => value switch
    {
        ArmText text => text.Value,
        ArmBool flag => flag.Value ? "True" : "False",
        ArmNumber number => number.ToString(),
        ArmNull => throw call.Fail("null has no text"),
        _ => ArmJson.ToText(value),
    };

    private static int Width(ArmCall c) =>
        c.Integer(1) is >= 0 and <= 16 * 1024 and var width ? (int)width : throw c.Fail("the width is out of range");

    private static ArmArray Split(ArmCall c)
    {
        string[] separators = c[1] is ArmArray many ? [.. many.Items.Select(item => Plain(c, item))] : [c.Text(1)];
        return new ArmArray([.. c.Text(0).Split(separators, StringSplitOptions.None).Select(part => new ArmText(part))]);
    }

    private static ArmText Substring(ArmCall c)
    {
        var text = c.Text(0);
        var start = c.Integer(1);
        var length = c.Count == 3 ? c.Integer(2) : text.Length - start;
        return start < 0 || length < 0 || start + length > text.Length
            ? throw c.Fail($"the range {start}, {length} is outside the {text.Length} characters")
            : new ArmText(text.Substring((int)start, (int)length));
    }

    private static ArmBool Bool(ArmCall c) => c[0] switch
    {
        ArmBool flag => flag,
        ArmNumber number => new ArmBool(number.Value != 0),
        _ => new ArmBool(c.Text(0).ToUpperInvariant() switch
        {
            "TRUE" or "1" => true,
            "FALSE" or "0" => false,
            _ => throw c.Fail("the text is neither true nor false"),
        }),
    };

    private static ArmValue Json(ArmCall c) => ParseJson(c, c.Text(0));

    private static ArmValue ParseJson(ArmCall c, string text)
    {
        try
        {
            return ArmJson.ParseText(text);
        }
        catch (JsonException)
        {
            throw c.Fail("the text is not JSON");
        }
    }

    private static string FromBase64(ArmCall c)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Convert.FromBase64String(c.Text(0)));
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            throw c.Fail("the text is not base64 of UTF-8 text");
        }
    }

    // The composite formats of the template language are .NET's; the arguments are texts, whole numbers and booleans.
    private static ArmText Format(ArmCall c)
    {
        object[] arguments = [.. c.Arguments.Skip(1).Select(a => a is ArmNumber number && decimal.IsInteger(number.Value) ? (object)(long)number.Value : Plain(c, a))];
        try
        {
            return new ArmText(string.Format(CultureInfo.InvariantCulture, c.Text(0), arguments));
        }
        catch (FormatException)
        {
            throw c.Fail($"the format does not fit its {arguments.Length} arguments");
        }
    }
}
