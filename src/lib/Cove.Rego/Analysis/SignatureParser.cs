using Cove.Rego.Values;

namespace Cove.Rego.Analysis;

/// <summary>
/// Reads the signatures of builtins: <c>any null bool num str arr obj set</c>, <c>array[T]</c>, <c>array&lt;T, T&gt;</c> (a fixed length),
/// <c>set[T]</c>, <c>object[K: V]</c>, <c>object&lt;a: T&gt;[K: V]</c> (known keys and others), <c>&lt;T, T&gt;</c> (one of).
/// </summary>
internal sealed class SignatureParser
{
    private readonly string _text;
    private int _at;

    private SignatureParser(string text) => _text = text;

    public static RegoFunctionType Parse(string signature)
    {
        var parser = new SignatureParser(signature);
        parser.Expect('(');
        var arguments = new List<RegoType>();
        var variadic = false;
        while (!parser.Take(')'))
        {
            arguments.Add(parser.ParseType());
            variadic |= parser.Take("...");
            parser.Take(',');
        }

        return new RegoFunctionType(arguments, parser.Take("->") ? parser.ParseType() : RegoType.Any, variadic);
    }

    private RegoType ParseType()
    {
        if (Take('<')) return RegoType.Union(List('>'));
        var name = Word();
        switch (name)
        {
            case "any": return RegoType.Any;
            case "null": return RegoType.Null;
            case "bool": return RegoType.Boolean;
            case "num": return RegoType.Number;
            case "str": return RegoType.String;
            case "arr": return new ArrayType([], RegoType.Any);
            case "obj": return new ObjectType([], RegoType.Any, RegoType.Any);
            case "array" when Take('<'): return new ArrayType(List('>'), null);
            case "array" when Take('['): return new ArrayType([], List(']')[0]);
            case "set" when Take('['): return new SetType(List(']')[0]);
            case "set": return new SetType(RegoType.Any);
            case "object": return ParseObject();
            default: throw new FormatException($"no type {name} in the signature {_text}");
        }
    }

    private ObjectType ParseObject()
    {
        var known = new List<(RegoValue, RegoType)>();
        if (Take('<'))
        {
            while (!Take('>'))
            {
                var key = Word();
                Expect(':');
                known.Add((RegoValue.Of(key), ParseType()));
                Take(',');
            }
        }

        if (!Take('[')) return new ObjectType(known, null, null);
        var keys = ParseType();
        Expect(':');
        var values = ParseType();
        Expect(']');
        return new ObjectType(known, keys, values);
    }

    private List<RegoType> List(char end)
    {
        var types = new List<RegoType>();
        while (!Take(end))
        {
            types.Add(ParseType());
            Take(',');
        }

        return types;
    }

    private string Word()
    {
        SkipSpace();
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] == '_')) _at++;
        return _text[start.._at];
    }

    private bool Take(char wanted)
    {
        SkipSpace();
        if (_at >= _text.Length || _text[_at] != wanted) return false;
        _at++;
        return true;
    }

    private bool Take(string wanted)
    {
        SkipSpace();
        if (!_text.AsSpan(_at).StartsWith(wanted)) return false;
        _at += wanted.Length;
        return true;
    }

    private void Expect(char wanted)
    {
        if (!Take(wanted)) throw new FormatException($"expected {wanted} at {_at} in the signature {_text}");
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && _text[_at] == ' ') _at++;
    }
}
