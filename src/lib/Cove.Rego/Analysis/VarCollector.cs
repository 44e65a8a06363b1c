using Cove.Rego.Syntax;

namespace Cove.Rego.Analysis;

/// <summary>Which variables a term or expression mentions, under the rules of the safety check.</summary>
internal static class VarCollector
{
    /// <summary>All variables outside closures; heads of references count, functions' names do not.</summary>
    public static void Vars(Expr expr, HashSet<string> into)
    {
        if (expr.Term is not null) Vars(expr.Term, into);
        foreach (var argument in expr.Arguments) Vars(argument, into);
        foreach (var with in expr.With) Vars(with.Value, into);
        if (expr.Every is { } every) Vars(every.Domain, into);
        if (expr.Function is { Parts: [not VarTerm, ..] } function) Vars(function.Parts[0], into);
        if (expr.Logical is not { } logical) return;
        if (!logical.ExplicitLeft) OperandVars(logical.Left, into);
        if (!logical.ExplicitRight) OperandVars(logical.Right, into);
    }

    /// <summary>What an operand without braces takes from outside: all it mentions but the results of its own calls and wildcards.</summary>
    private static void OperandVars(List<Expr> operand, HashSet<string> into)
    {
        var vars = new HashSet<string>();
        foreach (var expr in operand) Vars(expr, vars);
        foreach (var expr in operand)
            if (expr is { Generated: true, Arguments: [.., VarTerm result] }) vars.Remove(result.Name);
        vars.RemoveWhere(static name => name.StartsWith('$'));
        into.UnionWith(vars);
    }

    public static void Vars(Term term, HashSet<string> into) => TermWalker.Visit(term, t =>
    {
        if (t is VarTerm variable) into.Add(variable.Name);
        if (t is CallTerm call)
        {
            foreach (var argument in call.Arguments) Vars(argument, into);
            return false;
        }

        return t is not (ComprehensionTerm or TemplateTerm);
    });

    public static HashSet<string> Of(Term term)
    {
        var vars = new HashSet<string>();
        Vars(term, vars);
        return vars;
    }

    /// <summary>Everything mentioned inside the closures of an expression.</summary>
    public static HashSet<string> InClosures(Expr expr)
    {
        var vars = new HashSet<string>();
        bool Add(Term term)
        {
            if (term is VarTerm variable) vars.Add(variable.Name);
            if (term is CallTerm call)
            {
                foreach (var argument in call.Arguments) TermWalker.Visit(argument, Add);
                return false;
            }

            return true;
        }

        bool Find(Term term)
        {
            if (term is not ComprehensionTerm) return true;
            TermWalker.Visit(term, Add);
            return false;
        }

        void AddBody(List<Expr> body)
        {
            foreach (var inner in body) AddExpr(inner);
        }

        void AddExpr(Expr inner)
        {
            Vars(inner, vars);
            vars.UnionWith(InClosures(inner));
        }

        if (expr.Term is not null) TermWalker.Visit(expr.Term, Find);
        foreach (var argument in expr.Arguments) TermWalker.Visit(argument, Find);
        foreach (var with in expr.With) TermWalker.Visit(with.Value, Find);
        if (expr.Every is { } every)
        {
            TermWalker.Visit(every.Domain, Find);
            AddBody(every.Body);
        }

        if (expr.Body is not null) AddBody(expr.Body);
        if (expr.Logical is { } logical)
        {
            AddBody(logical.Left);
            AddBody(logical.Right);
        }

        return vars;
    }

    /// <summary>The variables of a pattern that unification can bind: not in sets, object keys, heads of references, closures.</summary>
    public static void PatternVars(Term term, HashSet<string> into)
    {
        if (term.IsConstant) return;
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (term)
        {
            case VarTerm variable:
                into.Add(variable.Name);
                break;
            case RefTerm reference:
                foreach (var part in reference.Parts.Skip(1)) PatternVars(part, into);
                break;
            case ArrayTerm array:
                foreach (var item in array.Items) PatternVars(item, into);
                break;
            case ObjectTerm obj:
                foreach (var (_, value) in obj.Entries) PatternVars(value, into);
                break;
        }
    }
}
