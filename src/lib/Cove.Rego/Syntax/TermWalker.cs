using System.Runtime.CompilerServices;

namespace Cove.Rego.Syntax;

/// <summary>Walks over terms and bodies.</summary>
internal static class TermWalker
{
    /// <summary>True when the term holds no variable (outside closures none at all is looked for: a comprehension is ground).</summary>
    public static bool IsGround(Term term)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return IsGroundHere(term);
    }

    private static bool IsGroundHere(Term term) => term.IsConstant || term switch
    {
        VarTerm => false,
        RefTerm reference => reference.Parts.Skip(1).All(IsGround),
        ArrayTerm array => array.Items.All(IsGround),
        SetTerm set => set.Items.All(IsGround),
        ObjectTerm obj => obj.Entries.All(static e => IsGround(e.Key) && IsGround(e.Value)),
        CallTerm call => call.Arguments.All(IsGround),
        _ => true,
    };

    /// <summary>Visits the term and the terms inside it; closures and calls only when the visitor answers true for them.</summary>
    public static void Visit(Term term, Func<Term, bool> enter)
    {
        if (!enter(term) || term is VarTerm || term.IsConstant) return;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (term)
        {
            case RefTerm reference:
                foreach (var part in reference.Parts) Visit(part, enter);
                break;
            case CallTerm call:
                Visit(call.Function, enter);
                foreach (var argument in call.Arguments) Visit(argument, enter);
                break;
            case ArrayTerm array:
                foreach (var item in array.Items) Visit(item, enter);
                break;
            case SetTerm set:
                foreach (var item in set.Items) Visit(item, enter);
                break;
            case ObjectTerm obj:
                foreach (var (key, value) in obj.Entries)
                {
                    Visit(key, enter);
                    Visit(value, enter);
                }

                break;
            case ComprehensionTerm comprehension:
                if (comprehension.Key is not null) Visit(comprehension.Key, enter);
                Visit(comprehension.Value, enter);
                Visit(comprehension.Body, enter);
                break;
            case TemplateTerm template:
                foreach (var part in template.Parts)
                    if (part.Expr is not null) Visit(part.Expr, enter);
                break;
        }
    }

    public static void Visit(List<Expr> body, Func<Term, bool> enter)
    {
        foreach (var expr in body) Visit(expr, enter);
    }

    public static void Visit(Expr expr, Func<Term, bool> enter)
    {
        if (expr.Term is not null) Visit(expr.Term, enter);
        if (expr.Function is not null) Visit(expr.Function, enter);
        foreach (var argument in expr.Arguments) Visit(argument, enter);
        if (expr.Every is { } every)
        {
            if (every.Key is not null) Visit(every.Key, enter);
            Visit(every.Value, enter);
            Visit(every.Domain, enter);
            Visit(every.Body, enter);
        }

        if (expr.Logical is { } logical)
        {
            Visit(logical.Left, enter);
            Visit(logical.Right, enter);
        }

        if (expr.Body is not null) Visit(expr.Body, enter);
        foreach (var with in expr.With)
        {
            Visit(with.Target, enter);
            Visit(with.Value, enter);
        }
    }

    /// <summary>Whether a comprehension stands anywhere in an expression that is no body itself.</summary>
    public static bool HasComprehension(Expr expr)
    {
        if (expr.Term is not null && HasComprehension(expr.Term)) return true;
        foreach (var argument in expr.Arguments)
            if (HasComprehension(argument)) return true;
        foreach (var with in expr.With)
            if (HasComprehension(with.Value)) return true;
        return expr.Function is not null && HasComprehension(expr.Function);
    }

    private static bool HasComprehension(Term term)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return term switch
        {
            ComprehensionTerm => true,
            RefTerm reference => HasComprehension(reference.Parts),
            CallTerm call => HasComprehension(call.Function) || HasComprehension(call.Arguments),
            ArrayTerm array => HasComprehension(array.Items),
            SetTerm set => HasComprehension(set.Items),
            ObjectTerm obj => obj.Entries.Exists(static entry => HasComprehension(entry.Key) || HasComprehension(entry.Value)),
            TemplateTerm template => template.Parts.Exists(static part => part.Expr is not null && HasComprehension(part.Expr)),
            _ => false,
        };
    }

    private static bool HasComprehension(List<Term> terms)
    {
        foreach (var term in terms)
            if (term is not (ScalarTerm or VarTerm) && HasComprehension(term)) return true;
        return false;
    }

    /// <summary>The names of all variables in a term, whatever they stand in.</summary>
    public static HashSet<string> AllVars(Term term)
    {
        var names = new HashSet<string>();
        Visit(term, t =>
        {
            if (t is VarTerm variable) names.Add(variable.Name);
            return true;
        });
        return names;
    }
}
