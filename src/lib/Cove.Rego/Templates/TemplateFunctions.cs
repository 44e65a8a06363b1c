using System.Globalization;
using System.Text;
using Cove.Rego.Builtins;
using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Templates;

/// <summary>The functions that every template has. What is wrong with their arguments they say in the field's words.</summary>
internal static class TemplateFunctions
{
    private static readonly Dictionary<string, Func<EvaluationContext, TemplateValue[], TemplateValue>> Known = new()
    {
        ["not"] = static (_, a) => TemplateValue.Of(!One(a, "not").IsTrue),
        ["len"] = static (_, a) => Length(One(a, "len")),
        ["index"] = static (_, a) => Index(a),
        ["slice"] = static (_, a) => Slice(a),
        ["print"] = static (_, a) => TemplateValue.Of(Print(a)),
        ["println"] = static (_, a) => TemplateValue.Of(string.Join(' ', a.Select(static v => Shown(v))) + "\n"),
        ["printf"] = static (c, a) => a is [{ IsText: true } format, ..]
            ? TemplateValue.Of(new GoFormat(format.Text, [.. a.Skip(1).Select(static v => v.ToRego())], c.Limits.MaxBuiltinElements).Run())
            : throw new TemplateException("wrong number of args for printf: want at least 1 got 0"),
        ["html"] = static (_, a) => TemplateValue.Of(Html(Joined(a))),
        ["js"] = static (_, a) => TemplateValue.Of(Script(Joined(a))),
        ["urlquery"] = static (_, a) => TemplateValue.Of(EncodingBuiltins.Escape(ByteText.ToBytes(Joined(a)))),
        ["eq"] = static (_, a) => TemplateValue.Of(AnyEqual(a)),
        ["ne"] = static (_, a) => TemplateValue.Of(!AnyEqual(Two(a, "ne"))),
        ["lt"] = static (_, a) => TemplateValue.Of(Compare(Two(a, "lt")) < 0),
        ["le"] = static (_, a) => TemplateValue.Of(Compare(Two(a, "le")) <= 0),
        ["gt"] = static (_, a) => TemplateValue.Of(Compare(Two(a, "gt")) > 0),
        ["ge"] = static (_, a) => TemplateValue.Of(Compare(Two(a, "ge")) >= 0),
        ["call"] = static (_, a) => throw new TemplateException(a.Length == 0 || a[0].Kind == TemplateKind.None ? "call of nil" : $"non-function of type {a[0].TypeName}"),
    };

    /// <summary>True for a function; "and" and "or" are functions whose arguments are evaluated one by one.</summary>
    public static bool Exists(string name) => name is "and" or "or" || Known.ContainsKey(name);

    /// <exception cref="TemplateException">The arguments do not fit.</exception>
    public static TemplateValue Call(EvaluationContext context, string name, TemplateValue[] arguments) => Known[name](context, arguments);

    private static TemplateValue One(TemplateValue[] arguments, string name) =>
        arguments.Length == 1 ? arguments[0] : throw new TemplateException($"wrong number of args for {name}: want 1 got {arguments.Length}");

    private static TemplateValue[] Two(TemplateValue[] arguments, string name) =>
        arguments.Length == 2 ? arguments : throw new TemplateException($"wrong number of args for {name}: want 2 got {arguments.Length}");

    private static string Shown(TemplateValue value) => value.Kind == TemplateKind.None ? "<nil>" : value.ToString();

    /// <summary>Operands side by side, with a space between two that are both no texts.</summary>
    private static string Print(TemplateValue[] arguments)
    {
        var output = new StringBuilder();
        for (var i = 0; i < arguments.Length; i++)
        {
            if (i > 0 && !arguments[i].IsText && !arguments[i - 1].IsText) output.Append(' ');
            output.Append(Shown(arguments[i]));
        }

        return output.ToString();
    }

    private static string Joined(TemplateValue[] arguments) => arguments is [{ Kind: TemplateKind.String } only] ? only.Text : Print(arguments);

    private static TemplateValue Length(TemplateValue value) => value.Kind switch
    {
        TemplateKind.List => TemplateValue.Of((long)value.List.Length),
        TemplateKind.Map => TemplateValue.Of((long)value.Map.Count),
        TemplateKind.String or TemplateKind.Number => TemplateValue.Of((long)ByteText.ToBytes(value.Text).Length),
        TemplateKind.None => throw new TemplateException("len of nil pointer"),
        _ => throw new TemplateException($"len of type {value.TypeName}"),
    };

    private static TemplateValue Index(TemplateValue[] arguments)
    {
        if (arguments.Length == 0) throw new TemplateException("wrong number of args for index: want at least 1 got 0");
        var item = arguments[0];
        if (item.Kind == TemplateKind.None) throw new TemplateException("index of untyped nil");
        foreach (var key in arguments.AsSpan(1))
        {
            item = item.Kind switch
            {
                TemplateKind.Map when key.Kind == TemplateKind.String => TemplateExecution.Member(item.Map, key.Text),
                TemplateKind.Map => throw new TemplateException(key.Kind == TemplateKind.None ? "value is nil; should be of type string" : $"value has type {key.TypeName}; should be string"),
                TemplateKind.List => TemplateValue.Of(item.List[At(key, item.List.Length - 1)]),
                TemplateKind.String or TemplateKind.Number when ByteText.ToBytes(item.Text) is var bytes => TemplateValue.Of((long)bytes[At(key, bytes.Length - 1)]),
                TemplateKind.None => throw new TemplateException("index of nil pointer"),
                _ => throw new TemplateException($"can't index item of type {item.TypeName}"),
            };
        }

        return item;
    }

    private static int At(TemplateValue key, int last)
    {
        if (key.Kind == TemplateKind.None) throw new TemplateException("cannot index slice/array with nil");
        if (key.Kind != TemplateKind.Int) throw new TemplateException($"cannot index slice/array with type {key.TypeName}");
        return key.Int >= 0 && key.Int <= last ? (int)key.Int : throw new TemplateException($"index out of range: {key.Int}");
    }

    private static TemplateValue Slice(TemplateValue[] arguments)
    {
        if (arguments.Length == 0) throw new TemplateException("wrong number of args for slice: want at least 1 got 0");
        var item = arguments[0];
        if (item.Kind == TemplateKind.None) throw new TemplateException("slice of untyped nil");
        if (arguments.Length > (item.IsText ? 3 : 4))
            throw new TemplateException(item.IsText ? "cannot 3-index slice a string" : $"too many slice indexes: {arguments.Length - 1}");
        if (!item.IsText && item.Kind != TemplateKind.List) throw new TemplateException($"can't slice item of type {item.TypeName}");
        var bytes = item.IsText ? ByteText.ToBytes(item.Text) : [];
        var length = item.IsText ? bytes.Length : item.List.Length;
        var from = arguments.Length > 1 ? At(arguments[1], length) : 0;
        var to = arguments.Length > 2 ? At(arguments[2], length) : length;
        if (from > to) throw new TemplateException($"invalid slice index: {from} > {to}");
        return item.IsText ? TemplateValue.Of(ByteText.FromBytes(bytes.AsSpan(from, to - from))) : new TemplateValue(TemplateKind.List, item.List[from..to]);
    }

    private static bool AnyEqual(TemplateValue[] arguments)
    {
        if (arguments.Length < 2) throw new TemplateException("missing argument for comparison");
        foreach (var other in arguments.AsSpan(1))
            if (AreEqual(arguments[0], other)) return true;
        return false;
    }

    private static bool AreEqual(TemplateValue a, TemplateValue b)
    {
        if (a.IsText && b.IsText) return a.Text == b.Text;
        if (a.Kind == TemplateKind.None || b.Kind == TemplateKind.None) return a.Kind == b.Kind;
        if (a.Kind is TemplateKind.List or TemplateKind.Map && b.Kind is TemplateKind.List or TemplateKind.Map)
            throw new TemplateException($"non-comparable type {b}: {b.TypeName}");
        return a.Kind == b.Kind ? Equals(a.Value, b.Value) : throw Incompatible(a, b);
    }

    private static TemplateException Incompatible(TemplateValue a, TemplateValue b) => new($"incompatible types for comparison: {a.TypeName} and {b.TypeName}");

    private static int Compare(TemplateValue[] arguments)
    {
        var (a, b) = (arguments[0], arguments[1]);
        if (a.IsText && b.IsText) return ByteText.Compare(a.Text, b.Text);
        foreach (var value in arguments)
            if (value.Kind is TemplateKind.None or TemplateKind.List or TemplateKind.Map) throw new TemplateException($"invalid type for comparison: {value.TypeName}");
        if (a.IsText != b.IsText || a.Kind != b.Kind) throw Incompatible(a, b);
        return a.Kind switch
        {
            TemplateKind.Int => a.Int.CompareTo(b.Int),
            TemplateKind.Float => a.Float.CompareTo(b.Float),
            _ => throw new TemplateException($"invalid type for comparison: {a.TypeName}"),
        };
    }

    private static string Html(string text)
    {
        var output = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            output.Append(c switch
            {
                '\0' => "\uFFFD",
                '"' => "&#34;",
                '\'' => "&#39;",
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                _ => c.ToString(),
            });
        }

        return output.ToString();
    }

    private static string Script(string text)
    {
        var output = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            output.Append(rune.Value switch
            {
                '\\' => "\\\\",
                '\'' => "\\'",
                '"' => "\\\"",
                '<' => "\\u003C",
                '>' => "\\u003E",
                '&' => "\\u0026",
                '=' => "\\u003D",
                < ' ' => $"\\u{rune.Value:X4}",
                _ when rune.IsAscii || GoQuote.IsPrintable(rune) => rune.ToString(),
                _ => "\\u" + rune.Value.ToString("X4", CultureInfo.InvariantCulture),
            });
        }

        return output.ToString();
    }
}
