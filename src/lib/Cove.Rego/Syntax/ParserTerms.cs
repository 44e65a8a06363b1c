using System.Runtime.CompilerServices;
using Cove.Rego.Values;

namespace Cove.Rego.Syntax;

internal sealed partial class Parser
{
    /// <summary>An infix expression that may be "key, value in collection".</summary>
    private Term? ParseInfix() => ParseMember(null, pairs: true);

    /// <summary>An infix expression in a list, where a comma ends it.</summary>
    private Term? ParseInfixInList() => ParseMember(null, pairs: false);

    private Term? ParseMember(Term? left, bool pairs)
    {
        left ??= ParseLevel(0);
        if (left is null) return null;
        if (pairs && Kind == TokenKind.Comma && ParsePairMember(left) is { } pair) return IsKeyword("in") ? ParseMember(pair, pairs) : pair;
        if (!IsKeyword("in")) return left;
        Scan();
        if (ParseLevel(0) is not { } right) return left;
        var call = Infix("internal.member_2", left, right);
        return IsKeyword("in") ? ParseMember(call, pairs) : call;
    }

    private CallTerm? ParsePairMember(Term key)
    {
        var mark = Save();
        Scan();
        if (ParseLevel(0) is { } value && IsKeyword("in"))
        {
            Scan();
            if (ParseLevel(0) is { } right) return Infix("internal.member_3", key, value, right);
        }

        Restore(mark);
        return null;
    }

    private CallTerm Infix(string function, params Term[] arguments)
    {
        var first = arguments[0].Location;
        var location = Close(new Location(_source, first.Offset, first.Row, first.Column));
        return new CallTerm(location, Names.Function(location, function), [.. arguments]);
    }

    /// <summary>Binary operators, loosest first: relations, |, &amp;, sums, products; all left associative.</summary>
    private Term? ParseLevel(int level)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (level == 5) return ParseTerm();
        var left = ParseLevel(level + 1);
        if (left is null) return null;
        while (IsOperator(level))
        {
            var function = Current.OperatorName;
            Scan();
            if (ParseLevel(level + 1) is not { } right) return left;
            left = Infix(function, left, right);
        }

        return left;
    }

    private bool IsOperator(int level) => level switch
    {
        0 => Kind is TokenKind.Equal or TokenKind.Neq or TokenKind.Lt or TokenKind.Gt or TokenKind.Lte or TokenKind.Gte,
        1 => Kind == TokenKind.Or,
        2 => Kind == TokenKind.And,
        3 => Kind is TokenKind.Plus or TokenKind.Minus,
        _ => Kind is TokenKind.Mul or TokenKind.Div or TokenKind.Rem,
    };

    /// <summary>One term with what follows it directly. Remembered by position: the attempts at comprehensions would otherwise be exponential in depth.</summary>
    private Term? ParseTerm()
    {
        var start = _at;
        if (_terms[start] is var known && known.Reading == _reading)
        {
            (_at, _wildcards) = (known.End, known.Wildcards);
            return known.Term;
        }

        var term = ParseTermAt();
        if (term is not null) _terms[start] = (_reading, term, _at, _wildcards);
        return term;
    }

    private Term? ParseTermAt()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var at = Here();
        switch (Kind)
        {
            case TokenKind.Identifier:
                return ParseName(at);
            case TokenKind.Minus or TokenKind.Dot or TokenKind.Number:
                return ParseNumber(at);
            case TokenKind.String or TokenKind.RawString:
                var text = new ScalarTerm(at, new RegoString(Current.Text));
                Scan();
                return text;
            case TokenKind.TemplateStart:
                return ParseTemplate(at);
            case TokenKind.LBracket:
                return Finish(ParseArray(at));
            case TokenKind.LBrace:
                return Finish(ParseSetOrObject(at));
            case TokenKind.LParen:
                return ParseGroup(at);
            default:
                Illegal("");
                return null;
        }
    }

    private Term? ParseGroup(Location at)
    {
        Scan();
        if (ParseInfix() is not { } inner) return null;
        if (Kind != TokenKind.RParen)
        {
            Record(Current, "non-terminated expression");
            return null;
        }

        Scan();
        if (inner is CallTerm) inner.Location = Close(at);
        return inner is CallTerm or ScalarTerm ? inner : Finish(inner);
    }

    private Term? ParseName(Location at)
    {
        var name = Current.Text;
        if (IsAnyKeyword() && name != "contains" && !(name is "and" or "or" && Ahead.Kind is TokenKind.Assign or TokenKind.Eq))
        {
            RegoValue? constant = name switch
            {
                "null" => RegoValue.Null,
                "true" => RegoValue.True,
                "false" => RegoValue.False,
                _ => null,
            };
            if (constant is null)
            {
                Illegal("");
                return null;
            }

            Scan();
            return new ScalarTerm(at, constant);
        }

        return Finish(ParseVar());
    }

    private VarTerm ParseVar()
    {
        var name = Current.Text;
        if (name == "_") name = $"${_wildcards++}";
        var variable = new VarTerm(Here(), name);
        Scan();
        return variable;
    }

    private Term? ParseNumber(Location at)
    {
        var prefix = "";
        if (Kind == TokenKind.Minus)
        {
            Scan();
            prefix = "-";
            if (Kind == TokenKind.Identifier && !IsAnyKeyword()) return ParseNegatedRef(at);
        }

        if (Kind == TokenKind.Dot)
        {
            prefix += "0.";
            Scan();
        }

        if (Kind != TokenKind.Number)
        {
            Illegal("expected number");
            return null;
        }

        var digits = Current.Text;
        if (prefix.EndsWith('.') && digits.Contains('.', StringComparison.Ordinal))
        {
            Illegal("expected number");
            return null;
        }

        if (!prefix.EndsWith('.') && digits.Length > 1 && digits[0] == '0' && char.IsAsciiDigit(digits[1]))
        {
            Illegal("expected number without leading zero");
            return null;
        }

        if (RegoNumber.FromText(prefix + digits) is not { } number)
        {
            Record(Current, "number too big");
            return null;
        }

        Scan();
        return new ScalarTerm(Close(at), number);
    }

    private CallTerm? ParseNegatedRef(Location at)
    {
        if (ParseTerm() is not { } operand) return null;
        return new CallTerm(Close(at), Names.Function(at, "minus"), [new ScalarTerm(at, RegoNumber.FromInt64(0)), operand]);
    }

    /// <summary>The steps and calls that follow a term without white space.</summary>
    private Term? Finish(Term? head, bool allowSpace = false)
    {
        if (head is null) return null;
        if (!Continues(allowSpace)) return head is VarTerm { Name: Names.Input or Names.Data } ? new RefTerm(head.Location, [head]) : head;
        var start = new Location(_source, head.Location.Offset, head.Location.Row, head.Location.Column);
        List<Term> parts = head is RefTerm known ? [.. known.Parts] : [head];
        while (Continues(allowSpace))
        {
            if (Kind == TokenKind.LParen) return ParseCall(start, parts);
            if (ParseStep() is not { } step) return null;
            parts.Add(step);
        }

        return new RefTerm(Close(start), parts);
    }

    private bool Continues(bool allowSpace) =>
        Kind is TokenKind.Dot or TokenKind.LBracket or TokenKind.LParen && (!Current.SpaceBefore || (allowSpace && !Current.NewlineBefore));

    private Term? ParseStep()
    {
        if (Kind == TokenKind.Dot)
        {
            Scan();
            if (Current.SpaceBefore)
            {
                _whitespaceAt = _at;
                Illegal("expected identifier");
                return null;
            }

            if (Kind != TokenKind.Identifier)
            {
                Illegal("expected identifier");
                return null;
            }

            var name = Names.Text(Here(), Current.Text);
            Scan();
            return name;
        }

        Scan();
        if (ParseInfix() is not { } index) return null;
        if (Kind != TokenKind.RBracket)
        {
            Illegal("expected [");
            return null;
        }

        Scan();
        return index;
    }

    private Term? ParseCall(Location start, List<Term> parts)
    {
        Scan();
        if (ParseList(TokenKind.RParen, []) is not { } arguments) return null;
        Scan();
        if (arguments.Count == 0 && parts is [VarTerm { Name: "set" }]) return Finish(new SetTerm(Close(start), []));
        var call = new CallTerm(Close(start), new RefTerm(start, parts), arguments);
        return Kind is TokenKind.Dot or TokenKind.LBracket && !Current.SpaceBefore ? Finish(call) : call;
    }

    private List<Term>? ParseList(TokenKind end, List<Term> items)
    {
        while (Kind != end)
        {
            if (ParseInfixInList() is not { } item) return null;
            items.Add(item);
            if (Kind == end) break;
            if (Kind != TokenKind.Comma)
            {
                Illegal($"expected \",\" or \"{Text(end)}\"");
                return null;
            }

            Scan();
        }

        return items;
    }

    private static string Text(TokenKind kind) => kind switch
    {
        TokenKind.RBracket => "]",
        TokenKind.RBrace => "}",
        TokenKind.RParen => ")",
        _ => "eof",
    };
}
