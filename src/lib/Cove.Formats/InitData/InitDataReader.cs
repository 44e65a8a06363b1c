using System.Globalization;
using System.Text;
using Cove.Outcomes;

namespace Cove.Formats.InitData;

/// <summary>The part of TOML that init data is written in: keys with strings, and one table, <c>[data]</c>.</summary>
internal ref struct InitDataReader
{
    private const string Format = "init data";
    private const string Table = "[data]";
    private const int MostExtraQuotes = 2;

    private readonly string text;
    private int at;

    private InitDataReader(string text) => this.text = text;

    public static (IReadOnlyDictionary<string, string> Head, IReadOnlyDictionary<string, string> Data) Read(string text)
    {
        var (head, data) = (new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal));
        var reader = new InitDataReader(text);
        var inData = false;
        while (reader.SkipToContent())
        {
            if (reader.Starts(Table) && !inData)
            {
                (inData, reader.at) = (true, reader.at + Table.Length);
            }
            else
            {
                var key = reader.Key();
                if (!inData && key is not ("version" or "algorithm")) throw reader.Wrong($"has the key {key}, which is not known");
                reader.SkipSpaces();
                if (!reader.Take('=')) throw reader.Wrong("has a key without a value");
                reader.SkipSpaces();
                if (!(inData ? data : head).TryAdd(key, reader.Value())) throw reader.Wrong($"has {key} twice");
            }

            reader.EndLine();
        }

        return (head, data);
    }

    private readonly bool Starts(string what) => text.AsSpan(at).StartsWith(what, StringComparison.Ordinal);

    private bool Take(char one)
    {
        if (at == text.Length || text[at] != one) return false;
        at++;
        return true;
    }

    private void SkipSpaces()
    {
        while (at < text.Length && text[at] is ' ' or '\t') at++;
    }

    private void SkipComment()
    {
        if (at == text.Length || text[at] != '#') return;
        while (at < text.Length && text[at] != '\n') at++;
    }

    private bool SkipToContent()
    {
        while (at < text.Length)
        {
            SkipSpaces();
            SkipComment();
            if (at < text.Length && text[at] is not ('\n' or '\r')) return true;
            if (at < text.Length) at++;
        }

        return false;
    }

    private void EndLine()
    {
        SkipSpaces();
        SkipComment();
        Take('\r');
        if (at < text.Length && !Take('\n')) throw Wrong("has something after a value");
    }

    private string Key()
    {
        if (text[at] is '"' or '\'') return Value();
        var begin = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '-')) at++;
        return at > begin ? text[begin..at] : throw Wrong("has no key where one is expected");
    }

    private string Value()
    {
        var (quote, begin) = (at < text.Length ? text[at] : '\0', at);
        if (quote is not ('"' or '\'')) throw Wrong("has a value that is no string");
        var fence = new string(quote, 3);
        var many = Starts(fence);
        at += many ? fence.Length : 1;
        if (many)
        {
            // A line's end right after the opening is no part of the text.
            Take('\r');
            Take('\n');
        }

        var value = new StringBuilder();
        while (at < text.Length)
        {
            if (many ? Starts(fence) : text[at] == quote)
            {
                at += many ? fence.Length : 1;
                for (var extra = 0; many && extra < MostExtraQuotes && Take(quote); extra++) value.Append(quote);
                return value.ToString();
            }

            if (!many && text[at] is '\n' or '\r') throw Wrong("has a string that does not end on its line");
            if (quote == '"' && text[at] == '\\') Escape(value, many);
            else value.Append(text[at++]);
        }

        at = begin;
        throw Wrong("has a string that does not end");
    }

    private void Escape(StringBuilder value, bool many)
    {
        at++;
        if (at == text.Length) throw Wrong("ends within an escape");
        var code = text[at++];
        switch (code)
        {
            case 'b': value.Append('\b'); break;
            case 't': value.Append('\t'); break;
            case 'n': value.Append('\n'); break;
            case 'f': value.Append('\f'); break;
            case 'r': value.Append('\r'); break;
            case '"' or '\\': value.Append(code); break;
            case 'u': value.Append(Scalar(4)); break;
            case 'U': value.Append(Scalar(8)); break;
            case '\n' or '\r' or ' ' or '\t' when many: SkipContinuation(); break;
            default: throw Wrong("has an escape that is not known");
        }
    }

    /// <summary>A backslash at a line's end joins it with the next text, whatever white space lies between.</summary>
    private void SkipContinuation()
    {
        at--;
        var begin = at;
        while (at < text.Length && text[at] is ' ' or '\t' or '\n' or '\r') at++;
        if (!text.AsSpan(begin, at - begin).Contains('\n')) throw Wrong("has an escape that is not known");
    }

    private string Scalar(int digits)
    {
        if (text.Length - at < digits || !int.TryParse(text.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) || !Rune.IsValid(number))
            throw Wrong("has an escape that is no character");
        at += digits;
        return new Rune(number).ToString();
    }

    private readonly MalformedException Wrong(string problem) => new(Format, "document", problem, at);
}
