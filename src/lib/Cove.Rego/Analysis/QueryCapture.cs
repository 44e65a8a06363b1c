using Cove.Rego.Syntax;

namespace Cove.Rego.Analysis;

/// <summary>
/// Gives each expression of a query that has a value a variable to hold it, so that a query by itself can answer false. In a query of several expressions,
/// or one that iterates, false still means that the solution does not hold (rego.md §2.4).
/// </summary>
internal sealed class QueryCapture(CompilerState state)
{
    /// <summary>By expression as written: the variable that holds its value, or null for one that only binds, compares or negates.</summary>
    public List<VarTerm?> Variables { get; } = [];

    public void Apply(List<Expr> body)
    {
        var written = body.FindAll(static e => !e.Generated);
        var tests = written.Count > 1 || written.Exists(Iterates);
        foreach (var expr in written)
        {
            var variable = Capture(expr);
            Variables.Add(variable);
            if (tests && variable is not null) body.Add(new Expr(expr.Location, ExprKind.Term) { Term = variable, Generated = true });
        }
    }

    private VarTerm? Capture(Expr expr)
    {
        if (expr.Negated || expr.IsEquality || expr.IsAssignment) return null;
        switch (expr.Kind)
        {
            case ExprKind.Term:
                var value = state.NewLocal(expr.Location);
                (expr.Kind, expr.Function, expr.Arguments, expr.Term) = (ExprKind.Call, Names.Function(expr.Location, "eq"), [value, expr.Term!], null);
                return value;
            case ExprKind.Call when Arity(expr.Function!) == expr.Arguments.Count:
                var result = state.NewLocal(expr.Location);
                expr.Arguments.Add(result);
                return result;
            default:
                return null;
        }
    }

    /// <summary>How many arguments a function with a value takes; -1 for one without, or that is not known.</summary>
    private int Arity(RefTerm function)
    {
        if (state.Tree.FindExact(function) is { IsFunction: true } node) return node.Arity;
        return state.FindBuiltin(function.DottedName()) is { IsVoid: false } builtin ? builtin.Arity : -1;
    }

    private bool Iterates(Expr expr)
    {
        var found = expr.Kind == ExprKind.Call && state.FindBuiltin(expr.Operator) is { IsRelation: true };
        bool Look(Term term)
        {
            found |= term is RefTerm reference && reference.Parts.Skip(1).Any(static p => p is VarTerm);
            found |= term is CallTerm call && state.FindBuiltin(call.Function.DottedName()) is { IsRelation: true };
            return !found && term is not ComprehensionTerm;
        }

        if (!found) TermWalker.Visit(expr, Look);
        return found;
    }
}
