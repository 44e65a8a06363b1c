using System.Globalization;
using System.Text;

namespace Cove.Rego.Values;

/// <summary>
/// Reads JSON into values. Stricter than nothing and looser than nothing: RFC 8259, except that unpaired surrogate escapes and invalid UTF-8 become
/// U+FFFD, as Rego's own reader has it. Numbers keep their text. Names that repeat within a document are shared.
/// </summary>
public static class JsonValueReader
{
    /// <summary>The deepest nesting that is read.</summary>
    public const int MaxDepth = 1000;

    internal static RegoValue Read(ReadOnlySpan<byte> utf8)
    {
        var reader = new Reader(utf8);
        var value = reader.ReadValue(0);
        reader.ExpectEnd();
        return value;
    }

    private ref struct Reader(ReadOnlySpan<byte> text)
    {
        private const int NameSlots = 256;
        private readonly ReadOnlySpan<byte> _text = text;
        private RegoString?[]? _names;
        private int _at;

        public RegoValue ReadValue(int depth)
        {
            if (depth > MaxDepth) throw Wrong($"deeper than {MaxDepth} levels");
            SkipSpace();
            if (_at >= _text.Length) throw Wrong("unexpected end of JSON input");
            switch (_text[_at])
            {
                case (byte)'{': return ReadObject(depth);
                case (byte)'[': return ReadArray(depth);
                case (byte)'"': return ReadString(name: false);
                case (byte)'t': return Keyword("true"u8, RegoValue.True);
                case (byte)'f': return Keyword("false"u8, RegoValue.False);
                case (byte)'n': return Keyword("null"u8, RegoValue.Null);
                case (byte)'-' or (>= (byte)'0' and <= (byte)'9'): return ReadNumber();
                default: throw Wrong("unexpected character");
            }
        }

        public void ExpectEnd()
        {
            SkipSpace();
            if (_at < _text.Length) throw Wrong("trailing data");
        }

        private RegoValue Keyword(ReadOnlySpan<byte> word, RegoValue value)
        {
            if (!_text[_at..].StartsWith(word)) throw Wrong("unexpected character");
            _at += word.Length;
            return value;
        }

        private RegoNumber ReadNumber()
        {
            var start = _at;
            while (_at < _text.Length && _text[_at] is (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'+' or (byte)'.' or (byte)'e' or (byte)'E') _at++;
            var span = _text[start.._at];
            if (span.Length < 10 && TrySmall(span, out var small)) return RegoNumber.FromInt64(small);
            if (RegoNumber.FromText(Encoding.ASCII.GetString(span)) is { } number) return number;
            _at = start;
            throw Wrong("a number that is malformed or too big");
        }

        private static bool TrySmall(ReadOnlySpan<byte> digits, out long value)
        {
            value = 0;
            if (digits.Length > 1 && digits[0] == '0') return false;
            foreach (var digit in digits)
            {
                if (digit is < (byte)'0' or > (byte)'9') return false;
                value = (value * 10) + (digit - '0');
            }

            return true;
        }

        private RegoArray ReadArray(int depth)
        {
            _at++;
            var items = new List<RegoValue>();
            SkipSpace();
            if (Take((byte)']')) return RegoArray.Empty;
            while (true)
            {
                items.Add(ReadValue(depth + 1));
                SkipSpace();
                if (Take((byte)']')) return new RegoArray([.. items]);
                if (!Take((byte)',')) throw Wrong("expected , or ]");
            }
        }

        private RegoObject ReadObject(int depth)
        {
            _at++;
            var builder = new ObjectBuilder();
            SkipSpace();
            if (Take((byte)'}')) return RegoObject.Empty;
            while (true)
            {
                SkipSpace();
                if (_at >= _text.Length || _text[_at] != '"') throw Wrong("expected a name");
                var name = ReadString(name: true);
                SkipSpace();
                if (!Take((byte)':')) throw Wrong("expected :");
                builder.Set(name, ReadValue(depth + 1));
                SkipSpace();
                if (Take((byte)'}')) return builder.Build();
                if (!Take((byte)',')) throw Wrong("expected , or }");
            }
        }

        private RegoString ReadString(bool name)
        {
            var start = ++_at;
            var rest = _text[start..];
            var end = rest.IndexOfAny((byte)'"', (byte)'\\');
            if (end >= 0 && rest[..end].ContainsAnyInRange((byte)0, (byte)31)) end = -1;
            if (end < 0) throw Wrong("a string that does not end, or holds a control character");
            if (rest[end] == '"')
            {
                _at = start + end + 1;
                return name ? Shared(rest[..end]) : new RegoString(Decode(rest[..end]));
            }

            return new RegoString(ReadEscaped(start, end));
        }

        private RegoString Shared(ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length == 0 || bytes.Length > 64) return new RegoString(Decode(bytes));
            _names ??= new RegoString?[NameSlots];
            var slot = ((bytes[0] * 31) + (bytes[^1] * 17) + bytes[bytes.Length / 2] + bytes.Length) & (NameSlots - 1);
            if (_names[slot] is { } seen && Ascii.Equals(bytes, seen.Text)) return seen;
            return _names[slot] = new RegoString(Decode(bytes));
        }

        private static string Decode(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

        private string ReadEscaped(int start, int firstEscape)
        {
            var builder = new StringBuilder(Decode(_text.Slice(start, firstEscape)));
            _at = start + firstEscape;
            while (_at < _text.Length)
            {
                var b = _text[_at];
                if (b == '"')
                {
                    _at++;
                    return ByteText.Sanitize(builder.ToString());
                }

                if (b == '\\')
                {
                    builder.Append(ReadEscape());
                    continue;
                }

                var run = _at;
                while (_at < _text.Length && _text[_at] is not ((byte)'"' or (byte)'\\') and >= 32) _at++;
                if (_at == run) throw Wrong("a control character in a string");
                builder.Append(Decode(_text[run.._at]));
            }

            throw Wrong("a string that does not end");
        }

        private char ReadEscape()
        {
            if (++_at >= _text.Length) throw Wrong("a string that does not end");
            switch (_text[_at++])
            {
                case (byte)'"': return '"';
                case (byte)'\\': return '\\';
                case (byte)'/': return '/';
                case (byte)'b': return '\b';
                case (byte)'f': return '\f';
                case (byte)'n': return '\n';
                case (byte)'r': return '\r';
                case (byte)'t': return '\t';
                case (byte)'u' when _at + 4 <= _text.Length
                    && ushort.TryParse(_text.Slice(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit):
                    _at += 4;
                    return (char)unit;
                default:
                    throw Wrong("an unknown escape in a string");
            }
        }

        private bool Take(byte wanted)
        {
            if (_at >= _text.Length || _text[_at] != wanted) return false;
            _at++;
            return true;
        }

        private void SkipSpace()
        {
            while (_at < _text.Length && _text[_at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t') _at++;
        }

        private readonly RegoJsonException Wrong(string problem) => new(problem, _at);
    }
}
