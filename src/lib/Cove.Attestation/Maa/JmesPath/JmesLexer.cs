using System.Globalization;
using System.Text;
using System.Text.Json;
using Cove.Attestation.Maa.Policies;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Attestation.Maa.JmesPath;

/// <summary>Splits a query into tokens.</summary>
internal sealed class JmesLexer(string text)
{
    private static readonly string[] Symbols = ["[?", "[]", "==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "|", "(", ")", "[", "]", "{", "}", ".", ",", ":", "*", "@"];
    private int _at;

    public List<JmesToken> Tokens()
    {
        List<JmesToken> tokens = [];
        do tokens.Add(Next());
        while (tokens[^1].Kind != JmesTokenKind.End);
        return tokens;
    }

    public static PolicyEvaluationException Error(int at, string problem) => new(string.Create(CultureInfo.InvariantCulture, $"a query at offset {at} {problem}"));

    private JmesToken Next()
    {
        while (_at < text.Length && text[_at] is ' ' or '\t' or '\r' or '\n') _at++;
        if (_at == text.Length) return new JmesToken(JmesTokenKind.End, "its end", null, _at);
        var start = _at;
        var first = text[_at];
        if (char.IsAsciiLetter(first) || first == '_')
        {
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_')) _at++;
            return new JmesToken(JmesTokenKind.Identifier, text[start.._at], null, start);
        }

        if (char.IsAsciiDigit(first) || first == '-') return Number(start);
        switch (first)
        {
            case '"': return new JmesToken(JmesTokenKind.Quoted, Json(Delimited('"', keepEscapes: true), start, quote: true) as string ?? throw Error(start, "has no string"), null, start);
            case '\'': return new JmesToken(JmesTokenKind.Literal, "'", Delimited('\'', keepEscapes: false), start);
            case '`': return new JmesToken(JmesTokenKind.Literal, "`", Json(Delimited('`', keepEscapes: false), start, quote: false), start);
        }

        foreach (var symbol in Symbols)
        {
            if (string.CompareOrdinal(text, _at, symbol, 0, symbol.Length) != 0) continue;
            _at += symbol.Length;
            return new JmesToken(JmesTokenKind.Symbol, symbol, null, start);
        }

        throw Error(start, $"has '{first}', which is no part of the language");
    }

    private JmesToken Number(int start)
    {
        _at++;
        while (_at < text.Length && char.IsAsciiDigit(text[_at])) _at++;
        return int.TryParse(text.AsSpan(start, _at - start), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? new JmesToken(JmesTokenKind.Number, text[start.._at], (long)number, start)
            : throw Error(start, "has a number that is no index");
    }

    // What stands between two delimiters. A delimiter after a backslash is part of it; within quotes JSON's own escapes stay for JSON.
    private string Delimited(char delimiter, bool keepEscapes)
    {
        var start = _at++;
        var content = new StringBuilder();
        for (; _at < text.Length; _at++)
        {
            if (text[_at] == delimiter)
            {
                _at++;
                return content.ToString();
            }

            if (text[_at] == '\\' && _at + 1 < text.Length && (keepEscapes || text[_at + 1] == delimiter))
            {
                if (keepEscapes) content.Append('\\');
                _at++;
            }

            content.Append(text[_at]);
        }

        throw Error(start, "begins something that does not end");
    }

    private static object? Json(string json, int start, bool quote)
    {
        try
        {
            var utf8 = Encoding.UTF8.GetBytes(quote ? $"\"{json}\"" : json);
            StrictJson.RequireUnicode(utf8, "literal");
            using var document = JsonDocument.Parse(utf8);
            return JmesValues.FromJson(document.RootElement);
        }
        catch (Exception bad) when (bad is JsonException or MalformedException)
        {
            throw Error(start, "has a literal that is not JSON");
        }
    }
}
