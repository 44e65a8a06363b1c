using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego.Analysis;

/// <summary>
/// Makes bodies flat: a call inside a term becomes an expression of its own before the one that uses it, with its result in a local. So nested calls can
/// be ordered one by one, and an undefined inner call makes the whole body fail (rego.md §2.3, expr terms).
/// </summary>
internal sealed class CallFlattener(CompilerState state)
{
    public void Flatten(Rule rule)
    {
        var head = rule.Head;
        rule.Body = Flatten(rule.Body);
        for (var i = 1; i < head.Ref.Parts.Count; i++)
            if (head.Ref.Parts[i] is not (ScalarTerm or VarTerm)) head.Ref.Parts[i] = MoveToBody(head.Ref.Parts[i], rule.Body);
        if (head.Key is not null) head.Key = FlattenHeadTerm(head.Key, rule.Body);
        if (head.Value is not null) head.Value = FlattenHeadTerm(head.Value, rule.Body);
    }

    public List<Expr> Flatten(List<Expr> body)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        var result = new List<Expr>(body.Count);
        foreach (var expr in body) Flatten(expr, result);
        return result;
    }

    /// <summary>A head's or comprehension's term: what needs evaluation moves to the end of the body.</summary>
    private Term FlattenHeadTerm(Term term, List<Expr> body)
    {
        var flat = Flatten(term, body, [], term.Location);
        return NeedsEvaluation(flat) ? MoveToBody(flat, body) : flat;
    }

    private Term MoveToBody(Term term, List<Expr> body)
    {
        var flat = Flatten(term, body, [], term.Location);
        if (flat is VarTerm) return flat;
        var local = state.NewLocal(term.Location);
        body.Add(Expr.Call(term.Location, "eq", local, flat));
        return local;
    }

    private static bool NeedsEvaluation(Term term)
    {
        var found = false;
        TermWalker.Visit(term, t =>
        {
            found |= t is RefTerm or ComprehensionTerm;
            return !found;
        });
        return found;
    }

    private void Flatten(Expr expr, List<Expr> result)
    {
        foreach (var with in expr.With) with.Value = Flatten(with.Value, result, [], expr.Location);
        switch (expr.Kind)
        {
            case ExprKind.Term:
                expr.Term = Flatten(expr.Term!, result, expr.With, expr.Location);
                break;
            case ExprKind.Call:
                if (expr.Function!.Parts[0] is not VarTerm) expr.Function.Parts[0] = Flatten(expr.Function.Parts[0], result, expr.With, expr.Location);
                for (var i = 0; i < expr.Arguments.Count; i++) expr.Arguments[i] = Flatten(expr.Arguments[i], result, expr.With, expr.Location);
                break;
            case ExprKind.Every:
                expr.Every!.Domain = Flatten(expr.Every.Domain, result, expr.With, expr.Location);
                expr.Every.Body = Flatten(expr.Every.Body);
                break;
            case ExprKind.Logical:
                expr.Logical!.Left = Flatten(expr.Logical.Left);
                expr.Logical.Right = Flatten(expr.Logical.Right);
                break;
            case ExprKind.NotBody:
                expr.Body = Flatten(expr.Body!);
                break;
        }

        result.Add(expr);
    }

    private Term Flatten(Term term, List<Expr> before, List<WithModifier> with, Location at)
    {
        if (term.IsConstant) return term;
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (term)
        {
            case CallTerm call:
                return FlattenCall(call, before, with, at);
            case RefTerm reference:
                return FlattenRef(reference, before, with, at);
            case ArrayTerm array:
                FlattenAll(array.Items, before, with, at);
                return array;
            case SetTerm set:
                FlattenAll(set.Items, before, with, at);
                return set;
            case ObjectTerm obj:
                for (var i = 0; i < obj.Entries.Count; i++)
                    obj.Entries[i] = (Flatten(obj.Entries[i].Key, before, with, at), Flatten(obj.Entries[i].Value, before, with, at));
                return obj;
            case ComprehensionTerm comprehension:
                comprehension.Body = Flatten(comprehension.Body);
                if (comprehension.Key is not null) comprehension.Key = FlattenHeadTerm(comprehension.Key, comprehension.Body);
                comprehension.Value = FlattenHeadTerm(comprehension.Value, comprehension.Body);
                return comprehension;
            default:
                return term;
        }
    }

    private void FlattenAll(List<Term> terms, List<Expr> before, List<WithModifier> with, Location at)
    {
        for (var i = 0; i < terms.Count; i++) terms[i] = Flatten(terms[i], before, with, at);
    }

    private VarTerm FlattenCall(CallTerm call, List<Expr> before, List<WithModifier> with, Location at)
    {
        FlattenAll(call.Arguments, before, with, at);
        if (state.FindBuiltin(call.Function.DottedName()) is { IsVoid: true })
            state.Report(RegoError.TypeCode, call.Location, $"{TermText.Of(call)} used as value");
        var local = state.NewLocal(call.Location);
        before.Add(new Expr(call.Location, ExprKind.Call)
        {
            Function = call.Function,
            Arguments = [.. call.Arguments, local],
            With = with,
            Generated = true,
        });
        return local;
    }

    private Term FlattenRef(RefTerm reference, List<Expr> before, List<WithModifier> with, Location at)
    {
        for (var i = 1; i < reference.Parts.Count; i++) reference.Parts[i] = Flatten(reference.Parts[i], before, with, at);
        switch (reference.Parts[0])
        {
            case VarTerm:
                return reference;
            case CallTerm call:
                reference.Parts[0] = FlattenCall(call, before, with, at);
                return reference;
            default:
                var head = Flatten(reference.Parts[0], before, with, at);
                var local = state.NewLocal(reference.Location);
                before.Add(new Expr(reference.Location, ExprKind.Call)
                {
                    Function = Names.Function(reference.Location, "eq"),
                    Arguments = [local, head],
                    With = with,
                    Generated = true,
                });
                reference.Parts[0] = local;
                return reference;
        }
    }
}
