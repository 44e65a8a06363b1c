using System.Globalization;
using System.Text;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

internal sealed partial class YamlReader
{
    /// <summary>Scalars and flow collections within a text.</summary>
    private sealed class Flow(string text, YamlReader reader)
    {
        private int _at;

        public RegoValue Whole()
        {
            var value = Value(inCollection: false);
            Space();
            if (_at < text.Length && text[_at] != '#') throw Bad("did not find expected <document start>");
            return value;
        }

        /// <summary>True when all quotes and brackets of a text are closed.</summary>
        public static bool IsClosed(string text)
        {
            var depth = 0;
            for (var i = 0; i < text.Length; i++)
            {
                switch (text[i])
                {
                    case '"' or '\'' when i == 0 || text[i - 1] is ' ' or ',' or '[' or '{' or ':':
                        var end = QuoteEnd(text, i);
                        if (end < 0) return false;
                        i = end - 1;
                        break;
                    case '[' or '{':
                        depth++;
                        break;
                    case ']' or '}':
                        depth--;
                        break;
                }
            }

            return depth <= 0;
        }

        /// <summary>The place behind a quoted text's closing quote, or -1.</summary>
        public static int QuoteEnd(string text, int start)
        {
            var quote = text[start];
            for (var i = start + 1; i < text.Length; i++)
            {
                if (text[i] == '\\' && quote == '"') i++;
                else if (text[i] == quote && quote == '\'' && i + 1 < text.Length && text[i + 1] == '\'') i++;
                else if (text[i] == quote) return i + 1;
            }

            return -1;
        }

        private void Space()
        {
            while (_at < text.Length && text[_at] is ' ' or '\t') _at++;
        }

        private RegoValue Value(bool inCollection)
        {
            System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
            Space();
            if (_at >= text.Length) return RegoValue.Null;
            switch (text[_at])
            {
                case '[': return Sequence();
                case '{': return Mapping();
                case '"' or '\'': return Quoted();
                case '*' when inCollection:
                    var start = ++_at;
                    while (_at < text.Length && text[_at] is not (',' or ']' or '}' or ' ')) _at++;
                    return reader.Alias(text[start.._at]);
                case '@' or '`' or '%': throw Bad("found character that cannot start any token");
                default: return Plain(inCollection);
            }
        }

        private RegoArray Sequence()
        {
            _at++;
            var items = new List<RegoValue>();
            while (true)
            {
                Space();
                if (_at >= text.Length) throw Bad("did not find expected ',' or ']'");
                if (text[_at] == ']') break;
                items.Add(Value(inCollection: true));
                Space();
                if (_at < text.Length && text[_at] == ',') _at++;
                else if (_at >= text.Length || text[_at] != ']') throw Bad("did not find expected ',' or ']'");
            }

            _at++;
            return new RegoArray([.. items]);
        }

        private RegoObject Mapping()
        {
            _at++;
            var entries = new ObjectBuilder();
            while (true)
            {
                Space();
                if (_at >= text.Length) throw Bad("did not find expected ',' or '}'");
                if (text[_at] == '}') break;
                var key = Key(Value(inCollection: true));
                Space();
                RegoValue value = RegoValue.Null;
                if (_at < text.Length && text[_at] == ':')
                {
                    _at++;
                    Space();
                    if (_at < text.Length && text[_at] is not (',' or '}')) value = Value(inCollection: true);
                }

                entries.Set(key, value);
                Space();
                if (_at < text.Length && text[_at] == ',') _at++;
                else if (_at >= text.Length || text[_at] != '}') throw Bad("did not find expected ',' or '}'");
            }

            _at++;
            return entries.Build();
        }

        private RegoString Quoted()
        {
            var end = QuoteEnd(text, _at);
            if (end < 0) throw Bad("found unexpected end of stream");
            var inner = text[(_at + 1)..(end - 1)];
            var isDouble = text[_at] == '"';
            _at = end;
            return new RegoString(ByteText.Sanitize(isDouble ? Unescape(inner) : inner.Replace("''", "'", StringComparison.Ordinal)));
        }

        private static string Unescape(string inner)
        {
            var output = new StringBuilder();
            for (var i = 0; i < inner.Length; i++)
            {
                if (inner[i] != '\\')
                {
                    output.Append(inner[i]);
                    continue;
                }

                var c = ++i < inner.Length ? inner[i] : ' ';
                var digits = c switch
                {
                    'x' => 2,
                    'u' => 4,
                    'U' => 8,
                    _ => 0,
                };
                if (digits > 0)
                {
                    if (i + digits >= inner.Length) throw Bad("did not find expected hexdecimal number");
                    if (!int.TryParse(inner.AsSpan(i + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
                        throw Bad("did not find expected hexdecimal number");
                    if (!Rune.TryCreate(code, out var rune)) throw Bad("found invalid Unicode character escape code");
                    output.Append(rune.ToString());
                    i += digits;
                    continue;
                }

                output.Append(c switch
                {
                    '0' => '\0',
                    'a' => '\a',
                    'b' => '\b',
                    't' or '\t' => '\t',
                    'n' => '\n',
                    'v' => '\v',
                    'f' => '\f',
                    'r' => '\r',
                    'e' => '\u001b',
                    ' ' or '"' or '\\' or '\'' => c,
                    'N' => '\u0085',
                    '_' => '\u00a0',
                    'L' => '\u2028',
                    'P' => '\u2029',
                    _ => throw Bad("found unknown escape character"),
                });
            }

            return output.ToString();
        }

        private RegoValue Plain(bool inCollection)
        {
            var start = _at;
            for (; _at < text.Length; _at++)
            {
                var c = text[_at];
                if (c == '#' && _at > start && text[_at - 1] == ' ') break;
                if (inCollection && (c is ',' or ']' or '}' or '[' or '{')) break;
                if (inCollection && c == ':' && (_at + 1 == text.Length || text[_at + 1] is ' ' or ',' or ']' or '}')) break;
            }

            return Resolve(text[start.._at].Trim());
        }
    }

    /// <summary>What a plain scalar means in YAML 1.1.</summary>
    private static RegoValue Resolve(string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL": return RegoValue.Null;
            case "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" or "y" or "Y": return text is "y" or "Y" ? new RegoString(text) : RegoValue.True;
            case "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF": return RegoValue.False;
            case ".inf" or "-.inf" or "+.inf" or ".nan": throw new FormatException("json: unsupported value: " + (text == ".nan" ? "NaN" : text[0] == '-' ? "-Inf" : "+Inf"));
        }

        return Number(text) is { } number ? number : new RegoString(text);
    }

    /// <summary>True for text that is not a string when it stands alone.</summary>
    internal static bool MeansSomethingElse(string text)
    {
        if (text.StartsWith(".inf", StringComparison.Ordinal) || text is ".nan" or "-.inf" or "y" or "n" or "Y" or "N" or "<<" or "=") return true;
        return Resolve(text) is not RegoString || (text.Length == 10 && text[4] == '-' && text[7] == '-' && char.IsAsciiDigit(text[0]));
    }

    private static RegoNumber? Number(string text)
    {
        var digits = text.Replace("_", "", StringComparison.Ordinal);
        var sign = digits.StartsWith('-') ? "-" : "";
        var body = digits.TrimStart('-', '+');
        if (body.Length == 0 || !(char.IsAsciiDigit(body[0]) || body[0] == '.')) return null;
        var radix = body.StartsWith("0x", StringComparison.Ordinal) ? 16 : body.StartsWith("0b", StringComparison.Ordinal) ? 2 : body.StartsWith("0o", StringComparison.Ordinal) ? 8 : 0;
        if (radix > 0) return FromRadix(sign, body[2..], radix);
        if (body.Length > 1 && body[0] == '0' && body.All(static c => c is >= '0' and <= '7')) return FromRadix(sign, body[1..], 8);
        var normal = body.StartsWith('.') ? "0" + body : body.EndsWith('.') ? body + "0" : body;
        if (RegoNumber.FromText(sign + normal) is not { } number) return null;
        // A float is kept by its value: 1.0 is 1.
        return number.HasIntegerText ? number : RegoNumber.FromText(GoFloat.Format(number.ToDouble(), 'g', -1, sharp: false, 21));
    }

    private static RegoNumber? FromRadix(string sign, string digits, int radix)
    {
        var value = System.Numerics.BigInteger.Zero;
        foreach (var c in digits)
        {
            var digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : radix;
            if (digit >= radix) return null;
            value = (value * radix) + digit;
        }

        return digits.Length == 0 ? null : RegoNumber.FromBigInteger(sign.Length > 0 ? -value : value);
    }
}
