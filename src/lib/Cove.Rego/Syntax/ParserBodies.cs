using System.Runtime.CompilerServices;

namespace Cove.Rego.Syntax;

internal sealed partial class Parser
{
    /// <summary>The expressions of a body, up to its end, which is not consumed.</summary>
    private List<Expr>? ParseBody(TokenKind end) => ParseQuery(end, stopEarly: false);

    private List<Expr>? ParseQuery(TokenKind end, bool stopEarly)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var body = new List<Expr>();
        if (Kind == end)
        {
            Record(Current, "found empty body");
            return null;
        }

        while (true)
        {
            if (ParseLiteral() is not { } expr) return null;
            body.Add(expr);
            if (Kind == TokenKind.Semicolon)
            {
                Scan();
                if (stopEarly && Kind == TokenKind.Eof) return body;
                continue;
            }

            if (Kind == end || stopEarly) return body;
            if (!Current.NewlineBefore)
            {
                if (_errors.Count == 0) Illegal(end == TokenKind.Eof ? "" : $"expected \\n or ; or {Text(end)}");
                return null;
            }
        }
    }

    private Expr? ParseLiteral()
    {
        var at = Here();
        var expr = ParseLogicalOr();
        if (expr is null) return null;
        if (IsKeyword("with") && expr.With.Count == 0)
        {
            if (ParseWith() is not { } with) return null;
            if (IsKeyword("and") || IsKeyword("or"))
            {
                Record(at, $"`with` modifier is not allowed on operand of `{Current.Text}` (hint: Wrap the operand in `(...)` or `{{...}}` to scope, or move `with` after the `{Current.Text}` expression to apply it to the whole expression)");
                return null;
            }

            expr.With = with;
        }

        expr.Location = Close(at);
        return expr;
    }

    private Expr? ParseLogicalOr()
    {
        var at = Here();
        if (ParseLogicalAnd() is not { } left) return null;
        while (IsKeyword("or"))
        {
            Scan();
            if (ParseLogicalAnd() is not { } right) return null;
            left = Combine(at, isOr: true, left, right);
        }

        return Unwrap(left);
    }

    private Operand? ParseLogicalAnd()
    {
        var at = Here();
        if (ParseOperand() is not { } left) return null;
        while (IsKeyword("and"))
        {
            Scan();
            if (ParseOperand() is not { } right) return null;
            left = Combine(at, isOr: false, left, right);
        }

        return left;
    }

    private Operand Combine(Location at, bool isOr, Operand left, Operand right)
    {
        var clause = new LogicalClause(isOr, left.Body, right.Body, left.Explicit, right.Explicit);
        var location = Close(new Location(_source, at.Offset, at.Row, at.Column));
        return new Operand([new Expr(location, ExprKind.Logical) { Logical = clause }], Explicit: false);
    }

    private static Expr Unwrap(Operand operand) => operand.Body[0];

    /// <summary>An operand of and/or; a single one is an ordinary expression.</summary>
    private Operand? ParseOperand()
    {
        if (_keywords.Contains("and") || _keywords.Contains("or"))
        {
            var mark = Save();
            if (ParseBracedOperand() is { } braced && (IsKeyword("and") || IsKeyword("or") || braced.Closes)) return braced.Operand;
            Restore(mark);
        }

        return ParseSingle() is { } single ? new Operand([single], Explicit: false) : null;
    }

    /// <summary>"{ body }" or "( logical )" where and/or is on.</summary>
    private (Operand Operand, bool Closes)? ParseBracedOperand()
    {
        if (Kind == TokenKind.LBrace)
        {
            Scan();
            if (Kind == TokenKind.RBrace || ParseBody(TokenKind.RBrace) is not { } body) return null;
            Scan();
            return (new Operand(body, Explicit: true), PreviousKeyword());
        }

        if (Kind != TokenKind.LParen) return null;
        Scan();
        if (ParseLiteral() is not { } inner || Kind != TokenKind.RParen) return null;
        Scan();
        return (new Operand([inner], Explicit: true), inner.Kind == ExprKind.Logical || inner.Negated || inner.With.Count > 0 || PreviousKeyword());
    }

    /// <summary>True when the operand that was just read stands after and/or.</summary>
    private bool PreviousKeyword()
    {
        var depth = 0;
        for (var i = _at - 1; i >= 0; i--)
        {
            if (At(i).Kind is TokenKind.RBrace or TokenKind.RParen) depth++;
            else if (At(i).Kind is TokenKind.LBrace or TokenKind.LParen && --depth == 0)
                return i > 0 && At(i - 1) is { Kind: TokenKind.Identifier, Text: "and" or "or" };
        }

        return false;
    }

    private Expr? ParseSingle()
    {
        var at = Here();
        var negated = false;
        if (IsKeyword("not"))
        {
            Scan();
            negated = true;
            if (Kind == TokenKind.LBrace && _keywords.Contains("not{")) return ParseNotBody(at);
            if (Kind == TokenKind.LParen && (_keywords.Contains("and") || _keywords.Contains("or")))
            {
                var mark = Save();
                if (ParseBracedOperand() is { Operand.Body: [{ } inner] body } && (inner.Kind == ExprKind.Logical || inner.Negated || inner.With.Count > 0))
                    return new Expr(Close(at), ExprKind.NotBody) { Body = body };
                Restore(mark);
            }
        }

        if (IsKeyword("some") || IsKeyword("every"))
        {
            if (negated)
            {
                Illegal($"illegal negation of '{Current.Text}'");
                return null;
            }

            return Current.Text == "some" ? ParseSome(at) : ParseEvery(at);
        }

        var start = _at;
        if (ParseExpr() is not { } expr) return null;
        expr.Negated = negated;
        expr.Location = Close(at);
        if (expr.Term is VarTerm { Name: "every" } && !_keywords.Contains("every")) HintAtEvery(start);
        return expr;
    }

    private Expr? ParseNotBody(Location at)
    {
        Scan();
        if (ParseBody(TokenKind.RBrace) is not { } body) return null;
        Scan();
        return new Expr(Close(at), ExprKind.NotBody) { Body = body };
    }

    private Expr? ParseExpr()
    {
        if (ParseInfix() is not { } left) return null;
        if (Kind is TokenKind.Assign or TokenKind.Eq)
        {
            var function = Current.OperatorName;
            Scan();
            if (ParseInfix() is not { } right) return null;
            var call = Infix(function, left, right);
            return new Expr(call.Location, ExprKind.Call) { Function = call.Function, Arguments = call.Arguments };
        }

        return Expr.OfTerm(left);
    }

    private List<WithModifier>? ParseWith()
    {
        var list = new List<WithModifier>();
        while (IsKeyword("with"))
        {
            var at = Here();
            Scan();
            if (Kind != TokenKind.Identifier)
            {
                Illegal("expected identifier");
                return null;
            }

            if (ParseTerm() is not { } target) return null;
            if (target is not (VarTerm or RefTerm))
            {
                Illegal("expected with target path");
                return null;
            }

            if (!IsKeyword("as"))
            {
                Illegal("expected as keyword");
                return null;
            }

            Scan();
            if (ParseInfix() is not { } value) return null;
            list.Add(new WithModifier(Close(at), target, value));
        }

        return list;
    }

    private Expr? ParseSome(Location at)
    {
        var mark = Save();
        Scan();
        if (ParseInfix() is CallTerm call && call.Function.DottedName() is { } name && _keywords.Contains("in"))
        {
            if (name is not ("internal.member_2" or "internal.member_3"))
            {
                Illegal("expected `x in xs` or `x, y in xs` expression");
                return null;
            }

            return new Expr(Close(at), ExprKind.Some) { Arguments = [call] };
        }

        Restore(mark);
        if (!_keywords.Contains("in")) HintAtSomeIn();
        var names = new List<Term>();
        do
        {
            Scan();
            if (Kind != TokenKind.Identifier || IsAnyKeyword())
            {
                Illegal("expected var");
                return null;
            }

            names.Add(ParseVar());
        }
        while (Kind == TokenKind.Comma);
        return new Expr(Close(at), ExprKind.Some) { Arguments = names };
    }

    private Expr? ParseEvery(Location at)
    {
        Scan();
        if (ParseInfix() is not { } term) return null;
        if (term is not CallTerm { Arguments.Count: 2 or 3 } call || call.Function.DottedName() is not ("internal.member_2" or "internal.member_3"))
        {
            Illegal("expected `x[, y] in xs { ... }` expression");
            return null;
        }

        var key = call.Arguments.Count == 3 ? call.Arguments[0] : null;
        var value = call.Arguments[^2];
        if (key is not null and not VarTerm)
        {
            Illegal("expected key to be a variable");
            return null;
        }

        if (value is not VarTerm)
        {
            Illegal("expected value to be a variable");
            return null;
        }

        if (Kind != TokenKind.LBrace)
        {
            Illegal("missing body");
            return null;
        }

        Scan();
        if (ParseBody(TokenKind.RBrace) is not { } body) return null;
        Scan();
        return new Expr(Close(at), ExprKind.Every) { Every = new EveryClause(key, value, call.Arguments[^1], body) };
    }

    private void HintAtSomeIn() => TryWithKeywords("`import future.keywords.in` for `some x in xs` expressions", static p =>
    {
        p.Scan();
        return p.ParseInfix() is CallTerm { Function: var function } && function.DottedName() is "internal.member_2" or "internal.member_3";
    });

    private void HintAtEvery(int start) => TryWithKeywords("`import future.keywords.every` for `every x in xs { ... }` expressions", p =>
    {
        p._at = start;
        return p.ParseEvery(p.Here()) is not null;
    });

    /// <summary>Sees whether the text would parse with the v1 keywords on, and if so hints at the import with the next error.</summary>
    private void TryWithKeywords(string hint, Func<Parser, bool> attempt)
    {
        var mark = Save();
        var keywords = new HashSet<string>(_keywords);
        _reading++;
        AddV1Keywords();
        var worked = attempt(this);
        _keywords.IntersectWith(keywords);
        _reading++;
        Restore(mark);
        if (worked) _hints.Add(hint);
    }

    private sealed record Operand(List<Expr> Body, bool Explicit);
}
