namespace Cove.Rego.Syntax;

internal sealed partial class Parser
{
    private Term? ParseArray(Location at)
    {
        Scan();
        if (Kind == TokenKind.RBracket)
        {
            Scan();
            return new ArrayTerm(Close(at), []);
        }

        var maybeComprehension = !TakeComma();
        var mark = Save();
        if (ParseTerm() is not { } head) return null;
        if (Kind == TokenKind.Or && maybeComprehension)
        {
            Scan();
            if (ParseBody(TokenKind.RBracket) is { } body)
            {
                Scan();
                return new ComprehensionTerm(Close(at), ComprehensionKind.Array, null, head, body);
            }

            // A comma where the body should end: the bar was an operator after all.
            if (Kind != TokenKind.Comma) return null;
        }

        Restore(mark);
        if (ParseList(TokenKind.RBracket, []) is not { } items) return null;
        Scan();
        return new ArrayTerm(Close(at), items);
    }

    /// <summary>A single leading comma is allowed, and rules out a comprehension.</summary>
    private bool TakeComma()
    {
        if (Kind != TokenKind.Comma) return false;
        Scan();
        return true;
    }

    private Term? ParseSetOrObject(Location at)
    {
        Scan();
        if (Kind == TokenKind.RBrace)
        {
            Scan();
            return new ObjectTerm(Close(at), []);
        }

        var maybeComprehension = !TakeComma();
        var mark = Save();
        if (ParseTerm() is not { } head) return null;
        switch (Kind)
        {
            case TokenKind.Or when maybeComprehension:
                return (Term?)ParseSetComprehension(at, head) ?? (Kind == TokenKind.Comma ? ParseSetAgain(at, mark) : null);
            case TokenKind.RBrace or TokenKind.Comma:
                return ParseSetRest(at, head);
            case TokenKind.Colon:
                return ParseObject(at, head, maybeComprehension);
        }

        Restore(mark);
        if (ParseInfixInList() is not { } infix) return null;
        switch (Kind)
        {
            case TokenKind.RBrace or TokenKind.Comma:
                return ParseSetRest(at, infix);
            case TokenKind.Colon:
                return ParseObject(at, infix, maybeComprehension);
            default:
                Illegal("non-terminated set");
                return null;
        }
    }

    private ComprehensionTerm? ParseSetComprehension(Location at, Term head)
    {
        Scan();
        if (ParseBody(TokenKind.RBrace) is not { } body) return null;
        Scan();
        return new ComprehensionTerm(Close(at), ComprehensionKind.Set, null, head, body);
    }

    private SetTerm? ParseSetAgain(Location at, Mark mark)
    {
        Restore(mark);
        return ParseInfixInList() is { } first && Kind is TokenKind.RBrace or TokenKind.Comma ? ParseSetRest(at, first) : null;
    }

    private SetTerm? ParseSetRest(Location at, Term head)
    {
        List<Term> items = [head];
        if (Kind == TokenKind.Comma)
        {
            Scan();
            if (ParseList(TokenKind.RBrace, items) is null) return null;
        }

        Scan();
        return new SetTerm(Close(at), items);
    }

    private Term? ParseObject(Location at, Term key, bool maybeComprehension)
    {
        Scan();
        var mark = Save();
        if (ParseTerm() is not { } value) return null;
        if (Kind == TokenKind.Or && maybeComprehension)
        {
            Scan();
            if (ParseBody(TokenKind.RBrace) is not { } body) return null;
            Scan();
            return new ComprehensionTerm(Close(at), ComprehensionKind.Object, key, value, body);
        }

        if (Kind is not (TokenKind.RBrace or TokenKind.Comma))
        {
            Restore(mark);
            if (ParseInfixInList() is not { } infix) return null;
            value = infix;
            if (Kind is not (TokenKind.RBrace or TokenKind.Comma))
            {
                Illegal("non-terminated object");
                return null;
            }
        }

        List<(Term, Term)> entries = [(key, value)];
        if (Kind == TokenKind.Comma)
        {
            Scan();
            if (!ParsePairs(entries)) return null;
        }

        Scan();
        return new ObjectTerm(Close(at), entries);
    }

    private bool ParsePairs(List<(Term, Term)> entries)
    {
        while (Kind != TokenKind.RBrace)
        {
            if (ParseInfixInList() is not { } key) return false;
            if (!Expect(TokenKind.Colon, "expected \":\"")) return false;
            if (ParseInfixInList() is not { } value) return false;
            entries.Add((key, value));
            if (Kind == TokenKind.RBrace) return true;
            if (!Expect(TokenKind.Comma, "expected \",\" or \"}\"")) return false;
        }

        return true;
    }

    private Term? ParseTemplate(Location at)
    {
        if (!_options.V1)
        {
            Record(at, "template strings are not supported by current capabilities");
            return null;
        }

        Scan();
        var parts = new List<TemplatePart>();
        while (Kind != TokenKind.TemplateEnd)
        {
            if (Kind == TokenKind.TemplateText)
            {
                parts.Add(new TemplatePart(Current.Text, null, Here()));
                Scan();
                continue;
            }

            if (Kind != TokenKind.TemplateOpen)
            {
                Illegal("");
                return null;
            }

            Scan();
            if (ParseTemplateExpr() is not { } part) return null;
            parts.Add(part);
        }

        Scan();
        return new TemplateTerm(Close(at), parts);
    }

    private TemplatePart? ParseTemplateExpr()
    {
        var at = Here();
        if (ParseLiteral() is not { } expr) return null;
        string? problem = expr switch
        {
            { Negated: true } or { Kind: ExprKind.NotBody } => "unexpected negation ('not') in template-string expression",
            { Kind: ExprKind.Some } => "unexpected 'some' in template-string expression",
            { Kind: ExprKind.Every } => "unexpected 'every' in template-string expression",
            { IsAssignment: true } => "unexpected assignment (':=') in template-string expression",
            { IsEquality: true } => "unexpected unification ('=') in template-string expression",
            _ => null,
        };
        if (problem is not null)
        {
            Record(at, problem);
            return null;
        }

        if (Kind != TokenKind.TemplateClose)
        {
            Record(Current, "expected } to end template string expression");
            return null;
        }

        Scan();
        return new TemplatePart(null, expr, at);
    }
}
