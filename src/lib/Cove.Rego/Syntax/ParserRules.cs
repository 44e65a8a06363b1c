using Cove.Rego.Values;

namespace Cove.Rego.Syntax;

internal sealed partial class Parser
{
    /// <summary>A rule with its chained bodies, or null when this is no rule (or is wrong, then with errors).</summary>
    private List<Rule>? ParseRules()
    {
        var rule = new Rule(Here());
        if (IsKeyword("default"))
        {
            Scan();
            rule.IsDefault = true;
        }

        if (Kind != TokenKind.Identifier || (IsAnyKeyword() && Current.Text != "contains")) return null;
        if (ParseHead(rule) is not { } head) return null;
        rule.Head = head;
        if (rule.IsDefault) return FinishDefault(rule);

        rule.HasIf = IsKeyword("if");
        ShapeHead(rule);
        if (rule.HasIf)
        {
            if (!ParseIfBody(rule)) return null;
        }
        else if (Kind == TokenKind.LBrace)
        {
            if (!ParseBracedBody(rule)) return null;
        }
        else if (rule.HasContains)
        {
            GiveTrueBody(rule);
            return [rule];
        }
        else
        {
            return null;
        }

        Close(rule.Location);
        if (IsKeyword("else") && !ParseElseChain(rule)) return null;
        return ParseChainedBodies(rule);
    }

    private List<Rule>? FinishDefault(Rule rule)
    {
        var head = rule.Head;
        GiveTrueBody(rule);
        if (DefaultProblem(head) is { } problem)
        {
            Record(rule.Location, problem);
            return null;
        }

        if (head.Value is not null) return [rule];
        head.Value = new ScalarTerm(head.Location, RegoValue.True);
        head.GeneratedValue = true;
        return [rule];
    }

    private static string? DefaultProblem(Head head)
    {
        if (head.Arguments is { } arguments)
        {
            var seen = new HashSet<string>();
            foreach (var argument in arguments)
            {
                if (argument is not VarTerm variable) return $"illegal default rule (arguments cannot contain {KindName(argument)})";
                if (!variable.IsWildcard && !seen.Add(variable.Name)) return $"illegal default rule (arguments cannot be repeated {variable.Name})";
            }
        }

        if (head.Key is not null && head.Value is null) return "illegal default rule (must have a value)";
        if (head.Value is not { } value) return null;
        string? found = null;
        TermWalker.Visit(value, term =>
        {
            if (term is ComprehensionTerm) return false;
            found ??= term switch
            {
                CallTerm => "call",
                RefTerm => "ref",
                VarTerm => "var",
                _ => null,
            };
            return term is not (CallTerm or RefTerm);
        });

        return found is null ? null : $"illegal default rule (value cannot contain {found})";
    }

    /// <summary>Decides between p[x] as a partial set and as a reference, which "if" and a value settle.</summary>
    private static void ShapeHead(Rule rule)
    {
        var head = rule.Head;
        if (rule.HasContains || head.Arguments is not null || head.Ref.Parts.Count != 2) return;
        if (rule.HasIf)
        {
            if (head.Value is not null) return;
            head.Value = new ScalarTerm(head.Location, RegoValue.True);
            head.GeneratedValue = true;
            return;
        }

        if (head.Value is not null) return;
        head.Key = head.Ref.Parts[1];
        head.Ref = head.Ref.Prefix(1);
    }

    private bool ParseIfBody(Rule rule)
    {
        Scan();
        var mark = Save();
        if (ParseLiteral() is { } literal && literal is not { Kind: ExprKind.Term, Term: SetTerm })
        {
            rule.Body = [literal];
            rule.End = LastEnd;
            return true;
        }

        Restore(mark);
        _reading++;
        return ParseBracedBody(rule);
    }

    /// <summary>A body in braces; the opening one is the current token.</summary>
    private bool ParseBracedBody(Rule rule)
    {
        rule.BodyStart = Current.Offset;
        Scan();
        if (ParseBody(TokenKind.RBrace) is not { } body) return false;
        rule.Body = body;
        Scan();
        rule.End = LastEnd;
        return true;
    }

    private void GiveTrueBody(Rule rule)
    {
        rule.End = LastEnd;
        rule.Body = [new Expr(rule.Location, ExprKind.Term) { Term = new ScalarTerm(rule.Location, RegoValue.True), Generated = true }];
        rule.GeneratedBody = true;
    }

    private bool ParseElseChain(Rule rule)
    {
        if (rule.Head.Ref.Parts.Count > 1 && !rule.Head.Ref.IsGround)
        {
            Record(Current, "else keyword cannot be used on rules with variables in head");
            return false;
        }

        if (rule.Head.Kind == RuleKind.Multi)
        {
            Record(Current, "else keyword cannot be used on multi-value rules");
            return false;
        }

        for (var last = rule; IsKeyword("else"); last = last.Else!)
            if (!ParseElse(rule, last)) return false;
        return true;
    }

    private bool ParseElse(Rule first, Rule last)
    {
        var part = new Rule(Here());
        Scan();
        var copy = TermCopier.Copy(first.Head);
        var head = new Head(copy.Location, copy.Ref) { Arguments = copy.Arguments, Assign = true };
        part.Head = head;
        last.Else = part;
        if (Kind is TokenKind.Assign or TokenKind.Eq)
        {
            head.Assign = Kind == TokenKind.Assign;
            Scan();
            if (ParseInfix() is not { } value)
            {
                Illegal("expected else value term (e.g., else := <VALUE> { ... })");
                return false;
            }

            head.Value = value;
        }
        else
        {
            head.Value = new ScalarTerm(part.Location, RegoValue.True);
            head.GeneratedValue = true;
        }

        part.HasIf = IsKeyword("if");
        if (part.HasIf) return ParseIfBody(part);
        if (Kind != TokenKind.LBrace)
        {
            GiveTrueBody(part);
            return true;
        }

        return ParseBracedBody(part);
    }

    private List<Rule>? ParseChainedBodies(Rule rule)
    {
        List<Rule> rules = [rule];
        while (Kind == TokenKind.LBrace)
        {
            if (rule.Else is not null)
            {
                Record(Current, "expected else keyword");
                return null;
            }

            var next = new Rule(Here()) { HasIf = rule.HasIf, HasContains = rule.HasContains };
            if (!ParseBracedBody(next)) return null;
            next.Head = TermCopier.Copy(rule.Head, next.Location);
            rules.Add(next);
        }

        return rules;
    }

    private Head? ParseHead(Rule rule)
    {
        var at = Here();
        var term = Finish(ParseVar(), allowSpace: true);
        if (term is null)
        {
            Illegal("expected rule head name");
            return null;
        }

        Head head;
        switch (term)
        {
            case VarTerm variable:
                head = new Head(at, new RefTerm(at, [variable]));
                break;
            case RefTerm reference when reference.HeadName is not null:
                head = new Head(at, reference);
                break;
            case CallTerm call when call.Function.HeadName is not null:
                // A head with nothing between its parentheses is that of a complete rule.
                head = new Head(at, call.Function) { Arguments = call.Arguments.Count == 0 ? null : call.Arguments };
                break;
            default:
                return null;
        }

        var name = TermText.Of(head.Ref);
        if (IsKeyword("contains")) return ParseContains(rule, head, name);
        if (Kind is TokenKind.Eq or TokenKind.Assign && !ParseHeadValue(rule, head, name)) return null;
        if (head.Value is null && (head.Ref.Parts.Count != 2 || head.Arguments is not null))
        {
            head.GeneratedValue = true;
            head.Value = new ScalarTerm(at, RegoValue.True);
        }

        return head;
    }

    private Head? ParseContains(Rule rule, Head head, string name)
    {
        if (head.Arguments is not null)
        {
            Illegal($"the contains keyword can only be used with multi-value rule definitions (e.g., {name} contains <VALUE> {{ ... }})");
            return null;
        }

        Scan();
        if (ParseInfix() is not { } key)
        {
            Illegal($"expected rule key term (e.g., {name} contains <VALUE> {{ ... }})");
            return null;
        }

        head.Key = key;
        rule.HasContains = true;
        return head;
    }

    private bool ParseHeadValue(Rule rule, Head head, string name)
    {
        head.Assign = Kind == TokenKind.Assign;
        Scan();
        head.Value = ParseInfix();
        if (head.Value is not null) return true;
        if (!head.Assign) Illegal($"expected rule value term (e.g., {name}[<nil>] = <VALUE> {{ ... }})");
        else if (head.Arguments is { Count: > 0 }) Illegal($"expected function value term (e.g., {name}(...) := <VALUE> {{ ... }})");
        else if (rule.IsDefault) Illegal($"expected default rule value term (e.g., default {name} := <VALUE>)");
        else Illegal($"expected rule value term (e.g., {name} := <VALUE> {{ ... }})");
        return false;
    }

    /// <summary>A statement without a body: one expression that reads as a head.</summary>
    private Rule? RuleFromBody(Location at, List<Expr> body)
    {
        Rule? Fail(string problem)
        {
            Record(at, problem);
            _notRules.Add(_errors[^1]);
            _errors.RemoveAt(_errors.Count - 1);
            return null;
        }

        if (body.Count != 1) return Fail("multiple expressions cannot be used for rule head");
        var expr = body[0];
        if (expr.With.Count > 0) return Fail("expressions using with keyword cannot be used for rule head");
        if (expr.Negated || expr.Kind == ExprKind.NotBody) return Fail("negated expressions cannot be used for rule head");
        if (expr.Kind == ExprKind.Some) return Fail("'some' declarations cannot be used for rule head");
        if (expr.Kind == ExprKind.Every) return Fail("'every' expressions cannot be used for rule head");
        if (expr.Kind == ExprKind.Logical) return Fail("logical expressions cannot be used for rule head");
        var rule = new Rule(at);
        GiveTrueBody(rule);
        if (expr.IsAssignment || expr.IsEquality) return HeadFromAssignment(rule, expr, Fail);
        if (expr.Kind == ExprKind.Call) return HeadFromCall(rule, expr, Fail);
        switch (expr.Term)
        {
            case RefTerm { HeadName: not null, Parts.Count: 2 } reference:
                rule.Head = new Head(at, reference.Prefix(1)) { Key = reference.Parts[1] };
                return rule;
            case RefTerm { HeadName: not null, Parts.Count: > 2 } reference:
                rule.Head = new Head(at, reference) { Value = new ScalarTerm(at, RegoValue.True), GeneratedValue = true };
                return rule;
            default:
                return Fail($"{KindName(expr.Term!)} cannot be used for rule name");
        }
    }

    private Rule? HeadFromAssignment(Rule rule, Expr expr, Func<string, Rule?> fail)
    {
        var (left, right) = (expr.Arguments[0], expr.Arguments[1]);
        switch (left)
        {
            case VarTerm variable:
                rule.Head = new Head(rule.Location, new RefTerm(variable.Location, [variable]));
                break;
            case RefTerm { HeadName: not null } reference:
                rule.Head = new Head(rule.Location, reference);
                break;
            case CallTerm { Function.HeadName: not null } call when IsInfix(call):
                return fail("rule name conflicts with built-in function");
            case CallTerm { Function.HeadName: not null } call:
                rule.Head = new Head(rule.Location, call.Function) { Arguments = call.Arguments.Count == 0 ? null : call.Arguments };
                break;
            default:
                return fail($"{KindName(left)} cannot be used for rule name");
        }

        rule.Head.Value = right;
        rule.Head.Assign = expr.IsAssignment;
        return rule;
    }

    private Rule? HeadFromCall(Rule rule, Expr expr, Func<string, Rule?> fail)
    {
        if (expr.Function!.HeadName is null) return fail("ref not ground");
        var call = new CallTerm(expr.Location, expr.Function, expr.Arguments);
        if (IsInfix(call)) return fail("rule name conflicts with built-in function");
        rule.Head = new Head(rule.Location, expr.Function)
        {
            Arguments = expr.Arguments.Count == 0 ? null : expr.Arguments,
            Value = new ScalarTerm(rule.Location, RegoValue.True),
            GeneratedValue = true,
        };
        return rule;
    }

    /// <summary>Operators are calls whose function has no text of its own.</summary>
    private bool IsInfix(CallTerm call) => !_source.Text.AsSpan(call.Location.Offset).StartsWith(call.Function.HeadName, StringComparison.Ordinal);

    internal static string KindName(Term term) => term switch
    {
        ScalarTerm { Value.Kind: var kind } => kind.ToString().ToLowerInvariant(),
        VarTerm => "var",
        RefTerm => "ref",
        CallTerm => "call",
        ArrayTerm => "array",
        SetTerm => "set",
        ObjectTerm => "object",
        ComprehensionTerm { Kind: ComprehensionKind.Array } => "arraycomprehension",
        ComprehensionTerm { Kind: ComprehensionKind.Set } => "setcomprehension",
        ComprehensionTerm => "objectcomprehension",
        _ => "templatestring",
    };
}
