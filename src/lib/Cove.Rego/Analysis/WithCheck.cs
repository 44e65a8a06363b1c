using Cove.Rego.Syntax;

namespace Cove.Rego.Analysis;

/// <summary>The targets of "with": existing documents or functions.</summary>
internal sealed class WithCheck(CompilerState state)
{
    public void Check(List<Expr> body)
    {
        foreach (var expr in body) Check(expr);
    }

    private void Check(Expr expr)
    {
        foreach (var with in expr.With) Check(with);
        bool Look(Term term)
        {
            if (term is not ComprehensionTerm comprehension) return true;
            Check(comprehension.Body);
            return false;
        }

        if (expr.Term is not null) TermWalker.Visit(expr.Term, Look);
        foreach (var argument in expr.Arguments) TermWalker.Visit(argument, Look);
        foreach (var inner in (List<Expr>?[])[expr.Every?.Body, expr.Body, expr.Logical?.Left, expr.Logical?.Right])
            if (inner is not null) Check(inner);
    }

    private void Check(WithModifier with)
    {
        var target = (RefTerm)with.Target;
        if (target.HeadName == Names.Input) return;
        if (target.HeadName == Names.Data)
        {
            // Below a rule's document there is nothing of its own that could be replaced.
            var node = state.Tree.Root;
            for (var i = 1; i < target.Parts.Count; i++)
            {
                if (node.HasRules)
                {
                    state.Report(RegoError.CompileCode, with.Target.Location, "with keyword cannot partially replace virtual document(s)");
                    return;
                }

                if (target.Parts[i] is not ScalarTerm scalar || node.Find(scalar.Value) is not { } next) return;
                node = next;
            }

            return;
        }

        if (state.FindBuiltin(target.DottedName()) is { } builtin)
        {
            if (Problem(builtin) is { } problem) state.Report(RegoError.CompileCode, with.Target.Location, "with keyword replacing built-in function: " + problem);
            return;
        }

        state.Report(RegoError.TypeCode, with.Target.Location, "with keyword target must reference existing input, data, or a function");
    }

    private static string? Problem(Builtins.BuiltinDefinition builtin)
    {
        if (builtin.Name is "eq" or "assign" or "rego.metadata.chain" or "rego.metadata.rule") return $"replacement of \"{builtin.Name}\" invalid";
        if (builtin.Name.StartsWith("internal.", StringComparison.Ordinal)) return $"replacement of internal function \"{builtin.Name}\" invalid";
        if (builtin.IsRelation) return "target must not be a relation";
        return builtin.IsVoid ? "target must not be a void function" : null;
    }
}
