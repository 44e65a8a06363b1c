using System.Runtime.CompilerServices;
using Cove.Rego.Syntax;

namespace Cove.Rego.Evaluation;

/// <summary>
/// Whether a function's results are worth keeping: a look into the memory costs as much as some dozen plain steps. Functions that go through collections
/// are, and those whose calls add up, so that calls that branch at every level stay linear.
/// </summary>
internal sealed class FunctionCost(CompiledProgram program)
{
    private const int Worth = 24;

    public bool IsWorthKeeping(Document function) => Of(function) >= Worth;

    private int Of(Document function)
    {
        if (function.Cost != 0) return function.Cost;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var cost = 1;
        foreach (var rule in function.Node.Rules)
            for (var part = rule; part is not null && cost < Worth; part = part.Else) cost += OfBody(part.Body);
        return function.Cost = Math.Min(cost, Worth);
    }

    /// <summary>
    /// The position in a body of the first expression that is not cheap, when all before it are plain tests; -1 where the body begins with one, or has none.
    /// </summary>
    public int FirstCostly(List<Expr> body)
    {
        for (var i = 0; i < body.Count; i++)
        {
            if (OfBody([body[i]]) >= Worth) return i == 0 ? -1 : i;
            if (body[i].With.Count > 0) return -1;
        }

        return -1;
    }

    private int OfBody(List<Expr> body)
    {
        var cost = 0;
        foreach (var expr in body)
        {
            if (expr.Kind is ExprKind.Every or ExprKind.NotBody or ExprKind.Logical || HasLoop(expr)) return Worth;
            cost += expr.Function is { HeadName: Names.Data } callee && program.State.Tree.FindExact(callee) is { IsFunction: true } node
                ? Of(program.Documents[node.Index]) : 1;
        }

        return cost;
    }

    private static bool HasLoop(Expr expr)
    {
        var found = false;
        TermWalker.Visit(expr, term =>
        {
            found |= term is ComprehensionTerm || (term is RefTerm reference && HasVariable(reference));
            return !found;
        });
        return found;
    }

    private static bool HasVariable(RefTerm reference)
    {
        for (var i = 1; i < reference.Parts.Count; i++)
            if (reference.Parts[i] is VarTerm) return true;
        return false;
    }
}
