using Cove.Rego.Syntax;

namespace Cove.Rego.Analysis;

/// <summary>Infers the types of rules, each after those it depends on, and reports what can never hold.</summary>
internal sealed class TypeCheck(CompilerState state)
{
    public void CheckQuery(List<Expr> query) => CheckBody(query);

    public void CheckRules()
    {
        foreach (var module in state.Modules)
            foreach (var rule in module.Rules)
                for (var part = rule; part is not null; part = part.Else) CheckBody(part.Body);
    }

    private void CheckBody(List<Expr> body)
    {
        foreach (var expr in body) CheckExpr(expr);
    }

    private void CheckExpr(Expr expr)
    {
        if (expr.Kind == ExprKind.Call && expr.Function!.HeadName != Names.Data && state.FindBuiltin(expr.Operator) is { } builtin) CheckArity(expr, builtin);
        bool Look(Term term)
        {
            if (term is not ComprehensionTerm comprehension) return true;
            CheckBody(comprehension.Body);
            return false;
        }

        if (expr.Term is not null) TermWalker.Visit(expr.Term, Look);
        foreach (var argument in expr.Arguments) TermWalker.Visit(argument, Look);
        foreach (var inner in (ReadOnlySpan<List<Expr>?>)[expr.Every?.Body, expr.Body, expr.Logical?.Left, expr.Logical?.Right])
            if (inner is not null) CheckBody(inner);
    }

    private void CheckArity(Expr expr, Builtins.BuiltinDefinition builtin)
    {
        var given = expr.Arguments.Count;
        if (builtin.Type.Variadic) return;
        var fits = expr.Generated ? given == builtin.Arity + 1 || (given == builtin.Arity && builtin.Name is "eq") : given == builtin.Arity || given == builtin.Arity + 1;
        if (!fits) state.Report(RegoError.TypeCode, expr.Location, $"{builtin.Name}: arity mismatch");
    }
}
