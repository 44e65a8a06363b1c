using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

/// <summary>Finds what is wrong with JSON text and says it in the field's words.</summary>
internal static class GoJson
{
    private const string End = "unexpected EOF";

    /// <summary>What is wrong, or null.</summary>
    public static string? Problem(string text)
    {
        var scanner = new Scanner(text);
        try
        {
            var problem = scanner.Value(0);
            return problem ?? scanner.Rest();
        }
        catch (InsufficientExecutionStackException)
        {
            return "exceeded max depth";
        }
    }

    private sealed class Scanner(string text)
    {
        private const int MaxDepth = JsonValueReader.MaxDepth;
        private int _at;

        public string? Rest()
        {
            Space();
            if (_at >= text.Length) return null;
            var start = _at;
            if (text[_at] is '{' or '[') return After(text[_at].ToString());
            if (Value(0) is { } problem) return problem;
            return text[start] switch
            {
                '"' => After(JsonString(text[start.._at])),
                't' => After("%!s(bool=true)"),
                'f' => After("%!s(bool=false)"),
                // The field's reader takes a null there for the end.
                'n' => null,
                _ => After(text[start.._at]),
            };
        }

        private static string After(string token) => $"error: invalid character '{token}' after top-level value";

        private static string JsonString(string quoted) => RegoValue.FromJson(ByteText.ToBytes(quoted)) is RegoString value ? value.Text : quoted;

        private string Bad(string context) => _at >= text.Length ? End : $"invalid character {Shown(text, _at)} {context}";

        private static string Shown(string text, int at)
        {
            var length = ByteText.RuneLengthAt(text, at);
            var c = text.Substring(at, length);
            if (c == "'") return "'\\''";
            if (c == "\"") return "'\"'";
            var quoted = GoQuote.Quote(c);
            return "'" + quoted[1..^1] + "'";
        }

        public string? Value(int depth)
        {
            System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
            if (depth > MaxDepth) return "exceeded max depth";
            Space();
            if (_at >= text.Length) return depth == 0 && text.Trim(' ', '\t', '\r', '\n').Length == 0 ? "EOF" : End;
            switch (text[_at])
            {
                case '{': return Object(depth);
                case '[': return Array(depth);
                case '"': return String();
                case 't': return Word("true");
                case 'f': return Word("false");
                case 'n': return Word("null");
                case '-' or (>= '0' and <= '9'): return Number();
                default: return Bad("looking for beginning of value");
            }
        }

        private void Space()
        {
            while (_at < text.Length && text[_at] is ' ' or '\t' or '\r' or '\n') _at++;
        }

        private string? Word(string word)
        {
            for (var i = 0; i < word.Length; i++, _at++)
                if (_at >= text.Length || text[_at] != word[i]) return i == 0 ? Bad("looking for beginning of value") : Bad($"in literal {word} (expecting '{word[i]}')");
            return null;
        }

        private string? Object(int depth)
        {
            _at++;
            Space();
            if (_at < text.Length && text[_at] == '}')
            {
                _at++;
                return null;
            }

            while (true)
            {
                Space();
                if (_at >= text.Length) return End;
                if (text[_at] != '"') return Bad("looking for beginning of object key string");
                if (String() is { } key) return key;
                Space();
                if (_at >= text.Length || text[_at] != ':') return Bad("after object key");
                _at++;
                if (Value(depth + 1) is { } problem) return problem;
                Space();
                if (_at >= text.Length) return End;
                if (text[_at] == '}')
                {
                    _at++;
                    return null;
                }

                if (text[_at] != ',') return Bad("after object key:value pair");
                _at++;
            }
        }

        private string? Array(int depth)
        {
            _at++;
            Space();
            if (_at < text.Length && text[_at] == ']')
            {
                _at++;
                return null;
            }

            while (true)
            {
                if (Value(depth + 1) is { } problem) return problem;
                Space();
                if (_at >= text.Length) return End;
                if (text[_at] == ']')
                {
                    _at++;
                    return null;
                }

                if (text[_at] != ',') return Bad("after array element");
                _at++;
            }
        }

        private string? String()
        {
            for (_at++; _at < text.Length; _at++)
            {
                if (text[_at] == '"')
                {
                    _at++;
                    return null;
                }

                if (text[_at] < ' ') return Bad("in string literal");
                if (text[_at] != '\\') continue;
                _at++;
                if (_at >= text.Length) return End;
                if (text[_at] != 'u')
                {
                    if (!"\"\\/bfnrt".Contains(text[_at], StringComparison.Ordinal)) return Bad("in string escape code");
                    continue;
                }

                for (var i = 0; i < 4; i++)
                {
                    _at++;
                    if (_at >= text.Length || !char.IsAsciiHexDigit(text[_at])) return Bad("in \\u hexadecimal character escape");
                }
            }

            return End;
        }

        private string? Number()
        {
            if (text[_at] == '-') _at++;
            if (_at >= text.Length || !char.IsAsciiDigit(text[_at])) return Bad("in numeric literal");
            if (text[_at] == '0') _at++;
            else while (_at < text.Length && char.IsAsciiDigit(text[_at])) _at++;
            if (_at < text.Length && text[_at] == '.')
            {
                _at++;
                if (_at >= text.Length || !char.IsAsciiDigit(text[_at])) return Bad("after decimal point in numeric literal");
                while (_at < text.Length && char.IsAsciiDigit(text[_at])) _at++;
            }

            if (_at >= text.Length || text[_at] is not ('e' or 'E')) return null;
            _at++;
            if (_at < text.Length && text[_at] is '+' or '-') _at++;
            if (_at >= text.Length || !char.IsAsciiDigit(text[_at])) return Bad("in exponent of numeric literal");
            while (_at < text.Length && char.IsAsciiDigit(text[_at])) _at++;
            return null;
        }
    }
}
