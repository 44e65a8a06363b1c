namespace Cove.Rego.Syntax;

/// <summary>Deep copies, so that each definition can be rewritten on its own.</summary>
internal static class TermCopier
{
    public static Head Copy(Head head, Location? at = null) => new(at ?? head.Location, (RefTerm)Copy(head.Ref, at))
    {
        Arguments = head.Arguments?.ConvertAll(t => Copy(t, at)),
        Key = head.Key is null ? null : Copy(head.Key, at),
        Value = head.Value is null ? null : Copy(head.Value, at),
        Assign = head.Assign,
        GeneratedValue = head.GeneratedValue,
    };

    public static Term Copy(Term term, Location? at = null)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        var location = at ?? term.Location;
        return term switch
        {
            ScalarTerm scalar => new ScalarTerm(location, scalar.Value),
            VarTerm variable => new VarTerm(location, variable.Name),
            RefTerm reference => new RefTerm(location, reference.Parts.ConvertAll(t => Copy(t, at))),
            CallTerm call => new CallTerm(location, (RefTerm)Copy(call.Function, at), call.Arguments.ConvertAll(t => Copy(t, at))),
            ArrayTerm array => new ArrayTerm(location, array.Items.ConvertAll(t => Copy(t, at))),
            SetTerm set => new SetTerm(location, set.Items.ConvertAll(t => Copy(t, at))),
            ObjectTerm obj => new ObjectTerm(location, obj.Entries.ConvertAll(e => (Copy(e.Key, at), Copy(e.Value, at)))),
            ComprehensionTerm c => new ComprehensionTerm(location, c.Kind, c.Key is null ? null : Copy(c.Key, at), Copy(c.Value, at), Copy(c.Body, at)),
            TemplateTerm template => new TemplateTerm(location, template.Parts.ConvertAll(p => p with { Expr = p.Expr is null ? null : Copy(p.Expr, at) })),
            _ => term,
        };
    }

    public static List<Expr> Copy(List<Expr> body, Location? at = null) => body.ConvertAll(e => Copy(e, at));

    public static Expr Copy(Expr expr, Location? at = null) => new(at ?? expr.Location, expr.Kind)
    {
        Term = expr.Term is null ? null : Copy(expr.Term, at),
        Function = expr.Function is null ? null : (RefTerm)Copy(expr.Function, at),
        Arguments = expr.Arguments.ConvertAll(t => Copy(t, at)),
        Negated = expr.Negated,
        Generated = expr.Generated,
        With = expr.With.ConvertAll(w => new WithModifier(at ?? w.Location, Copy(w.Target, at), Copy(w.Value, at))),
        Every = expr.Every is not { } every
            ? null
            : new EveryClause(every.Key is null ? null : Copy(every.Key, at), Copy(every.Value, at), Copy(every.Domain, at), Copy(every.Body, at)),
        Logical = expr.Logical is not { } l ? null : new LogicalClause(l.IsOr, Copy(l.Left, at), Copy(l.Right, at), l.ExplicitLeft, l.ExplicitRight),
        Body = expr.Body is null ? null : Copy(expr.Body, at),
    };
}
