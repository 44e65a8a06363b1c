using System.Text;
using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

/// <summary>Base64, hexadecimal and URL queries. Results of decoding are bytes, whatever they mean.</summary>
internal static class EncodingBuiltins
{
    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("base64.encode", "(str) -> str") { One = static (c, a) => Bytes(c, a, static b => Convert.ToBase64String(b)) },
        new("base64.decode", "(str) -> str") { One = static (c, a) => Operands.Text(c, a, 1, out var x) ? Decode(c, x, url: false) : null },
        new("base64.is_valid", "(str) -> bool") { One = static (_, a) => RegoValue.Of(a is RegoString x && TryBase64(x.Text, url: false, out var bytes) < 0) },
        new("base64url.encode", "(str) -> str") { One = static (c, a) => Bytes(c, a, static b => Url(Convert.ToBase64String(b))) },
        new("base64url.encode_no_pad", "(str) -> str") { One = static (c, a) => Bytes(c, a, static b => Url(Convert.ToBase64String(b)).TrimEnd('=')) },
        new("base64url.decode", "(str) -> str") { One = DecodeUrl },
        new("hex.encode", "(str) -> str") { One = static (c, a) => Bytes(c, a, static b => Convert.ToHexStringLower(b)) },
        new("hex.decode", "(str) -> str") { One = DecodeHex },
        new("urlquery.encode", "(str) -> str") { One = static (c, a) => Bytes(c, a, Escape) },
        new("urlquery.decode", "(str) -> str") { One = static (c, a) => Operands.Text(c, a, 1, out var x) ? (Unescape(c, x, out var text) ? Operands.Result(text) : null) : null },
        new("urlquery.encode_object", "(object[str: <str, array[str], set[str]>]) -> str") { One = EncodeObject },
        new("urlquery.decode_object", "(str) -> object[str: array[str]]") { One = DecodeObject },
    ];

    private static RegoValue? Bytes(EvaluationContext context, RegoValue value, Func<byte[], string> encode) =>
        Operands.Text(context, value, 1, out var text) ? Operands.Result(encode(ByteText.ToBytes(text))) : null;

    private static string Url(string text) => text.Replace('+', '-').Replace('/', '_');

    private static RegoValue? Decode(EvaluationContext context, string text, bool url)
    {
        var wrong = TryBase64(text, url, out var bytes);
        return wrong >= 0 ? context.Fail($"illegal base64 data at input byte {wrong}") : Operands.Result(ByteText.FromBytes(bytes));
    }

    private static RegoValue? DecodeUrl(EvaluationContext context, RegoValue value)
    {
        if (!Operands.Text(context, value, 1, out var text)) return null;
        if (!text.EndsWith('='))
        {
            var rest = text.Length % 4;
            if (rest == 1) return context.Fail($"illegal base64url string: {text}");
            if (rest > 0) text += new string('=', 4 - rest);
        }

        return Decode(context, text, url: true);
    }

    /// <summary>Decodes padded base64; line ends are skipped. The answer is the byte at which it is wrong, or -1.</summary>
    public static int TryBase64(string text, bool url, out byte[] bytes)
    {
        var input = ByteText.ToBytes(text);
        var output = new List<byte>(input.Length * 3 / 4);
        bytes = [];
        var (at, quantum, count) = (0, 0, 0);
        for (; at < input.Length; at++)
        {
            var c = input[at];
            if (c is (byte)'\r' or (byte)'\n') continue;
            if (c == '=') break;
            var value = Digit((char)c, url);
            if (value < 0) return at;
            quantum = (quantum << 6) | value;
            if (++count < 4) continue;
            output.Add((byte)(quantum >> 16));
            output.Add((byte)(quantum >> 8));
            output.Add((byte)quantum);
            (quantum, count) = (0, 0);
        }

        if (at == input.Length) return Finish(count, output, out bytes) ? -1 : at - count;
        if (count < 2) return at;
        at++;
        if (count == 2)
        {
            while (at < input.Length && input[at] is (byte)'\r' or (byte)'\n') at++;
            if (at == input.Length) return at;
            if (input[at] != '=') return at - 1;
            at++;
        }

        for (; at < input.Length; at++)
            if (input[at] is not ((byte)'\r' or (byte)'\n')) return at;
        output.Add((byte)(quantum >> (count == 2 ? 4 : 10)));
        if (count == 3) output.Add((byte)(quantum >> 2));
        bytes = [.. output];
        return -1;
    }

    private static bool Finish(int count, List<byte> output, out byte[] bytes)
    {
        bytes = [.. output];
        return count == 0;
    }

    private static int Digit(char c, bool url) => c switch
    {
        >= 'A' and <= 'Z' => c - 'A',
        >= 'a' and <= 'z' => c - 'a' + 26,
        >= '0' and <= '9' => c - '0' + 52,
        '+' when !url => 62,
        '/' when !url => 63,
        '-' when url => 62,
        '_' when url => 63,
        _ => -1,
    };

    private static RegoValue? DecodeHex(EvaluationContext context, RegoValue value)
    {
        if (!Operands.Text(context, value, 1, out var text)) return null;
        var input = ByteText.ToBytes(text);
        for (var i = 0; i < input.Length; i++)
        {
            if (char.IsAsciiHexDigit((char)input[i])) continue;
            // With an odd length the last digit is looked at too, but only then its lack of a partner.
            return context.Fail($"encoding/hex: invalid byte: U+{(int)input[i]:X4} {Shown(input[i])}");
        }

        return input.Length % 2 == 1 ? context.Fail("encoding/hex: odd length hex string") : Operands.Result(ByteText.FromBytes(Convert.FromHexString(text)));
    }

    private static string Shown(byte value) => value is >= 0x20 and < 0x7f or >= 0xA1 ? $"'{(char)value}'" : "";

    /// <summary>Bytes as they stand in a query: a space is a plus.</summary>
    public static string Escape(byte[] bytes)
    {
        var output = new StringBuilder(bytes.Length);
        foreach (var b in bytes)
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'_' or (byte)'.' or (byte)'~') output.Append((char)b);
            else if (b == ' ') output.Append('+');
            else output.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return output.ToString();
    }

    private static bool Unescape(EvaluationContext context, string text, out string result)
    {
        var input = ByteText.ToBytes(text);
        var output = new List<byte>(input.Length);
        result = "";
        for (var i = 0; i < input.Length; i++)
        {
            if (input[i] == '+') output.Add((byte)' ');
            else if (input[i] != '%') output.Add(input[i]);
            else
            {
                if (i + 2 >= input.Length || !char.IsAsciiHexDigit((char)input[i + 1]) || !char.IsAsciiHexDigit((char)input[i + 2]))
                {
                    var part = ByteText.FromBytes(input.AsSpan(i, Math.Min(3, input.Length - i)));
                    context.Fail($"invalid URL escape {GoQuote.Quote(part)}");
                    return false;
                }

                output.Add(Convert.ToByte(text.Length == input.Length ? text.Substring(i + 1, 2) : Encoding.ASCII.GetString(input, i + 1, 2), 16));
                i += 2;
            }
        }

        result = ByteText.FromBytes(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(output));
        return true;
    }

    private static RegoValue? EncodeObject(EvaluationContext context, RegoValue value)
    {
        if (!Operands.Object(context, value, 1, out var obj)) return null;
        var pairs = new List<string>();
        for (var i = 0; i < obj.Count; i++)
        {
            if (obj.KeyAt(i) is not RegoString key) return context.FailType($"operand 1 must be object with string keys but got {Operands.KindName(obj.KeyAt(i))}");
            var values = obj.ValueAt(i) switch
            {
                RegoString => [obj.ValueAt(i)],
                RegoArray array => array.Items,
                RegoSet set => set.Sorted,
                _ => null,
            };
            if (values is null) return context.FailOperand(1, "one of {string, array, set}", Operands.KindName(obj.ValueAt(i)));
            foreach (var one in values)
            {
                if (one is not RegoString text) return context.FailOperand(1, "string", Operands.KindName(one));
                pairs.Add($"{Escape(ByteText.ToBytes(key.Text))}={Escape(ByteText.ToBytes(text.Text))}");
            }
        }

        return Operands.Result(string.Join('&', pairs));
    }

    private const int StepsOfPair = 8;

    private static RegoValue? DecodeObject(EvaluationContext context, RegoValue value)
    {
        if (!Operands.Text(context, value, 1, out var text)) return null;
        var found = new Dictionary<string, List<RegoValue>>();
        foreach (var pair in text.Split('&'))
        {
            context.CountSteps(StepsOfPair);
            if (pair.Contains(';', StringComparison.Ordinal)) return context.Fail("invalid semicolon separator in query");
            if (pair.Length == 0) continue;
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (!Unescape(context, equals < 0 ? pair : pair[..equals], out var key)) return null;
            if (!Unescape(context, equals < 0 ? "" : pair[(equals + 1)..], out var part)) return null;
            if (!found.TryGetValue(key, out var list)) found[key] = list = [];
            list.Add(Operands.Result(part));
        }

        var result = new ObjectBuilder(found.Count);
        foreach (var (key, list) in found) result.Set(Operands.Result(key), new RegoArray([.. list]));
        return result.Build();
    }
}
