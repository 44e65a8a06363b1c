using System.Text;
using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego.Formatting;

/// <summary>A module as a value, in the form in which OPA writes its syntax trees as JSON.</summary>
internal sealed partial class AstWriter(AstOptions options)
{
    public RegoObject Module(Module module)
    {
        var fields = new ObjectBuilder();
        Set(fields, "package", Node(module.Package.Location, ("path", List(module.Package.Parts, Term))));
        if (module.Imports.Count > 0) Set(fields, "imports", List(module.Imports, Import));
        if (module.Rules.Count > 0) Set(fields, "rules", List(module.Rules, Rule));
        if (module.Annotations.Count > 0) Set(fields, "annotations", List(module.Annotations, static a => a.Content));
        if (options.Comments && module.Comments.Count > 0) Set(fields, "comments", List(module.Comments, Comment));
        return fields.Build();
    }

    private static RegoArray List<T>(List<T> items, Func<T, RegoValue> write)
    {
        var values = new RegoValue[items.Count];
        for (var i = 0; i < values.Length; i++) values[i] = write(items[i]);
        return new RegoArray(values);
    }

    private static void Set(ObjectBuilder fields, string name, RegoValue value) => fields.Set(new RegoString(name), value);

    /// <summary>A part of the tree; a field without a value is left out.</summary>
    private RegoObject Node(Location at, params ReadOnlySpan<(string Name, RegoValue? Value)> fields)
    {
        var builder = new ObjectBuilder(fields.Length + 1);
        foreach (var (name, value) in fields)
            if (value is not null) Set(builder, name, value);
        if (options.Locations) Set(builder, "location", Place(at));
        return builder.Build();
    }

    private static RegoObject Comment(Comment comment) => RegoObject.Of(
        ("Text", RegoValue.Of(Convert.ToBase64String(Encoding.UTF8.GetBytes(comment.Text)))), ("Location", Place(comment.Location)));

    private static RegoObject Place(Location at) => RegoObject.Of(("file", RegoValue.Of(at.File)), ("row", RegoValue.Of(at.Row)), ("col", RegoValue.Of(at.Column)));

    private RegoObject Import(Import import) => Node(
        import.Location,
        ("path", Reference(import.Path.Location, import.Path.Parts)),
        ("alias", import.Alias is null ? null : RegoValue.Of(import.Alias)));

    private RegoObject Rule(Rule rule) => Node(
        rule.Location,
        ("default", rule.IsDefault ? RegoValue.True : null),
        ("head", Head(rule.Head)),
        ("body", Body(rule.Body)),
        ("else", rule.Else is null ? null : Rule(rule.Else)),
        ("annotations", rule.AllAnnotations.Count > 0 ? List(rule.AllAnnotations, static a => a.Content) : null));

    private RegoObject Head(Head head) => Node(
        head.Location,
        ("name", head.Ref.Parts is [VarTerm name] ? RegoValue.Of(name.Name) : null),
        ("ref", List(head.Ref.Parts, Term)),
        ("args", head.Arguments is { Count: > 0 } arguments ? List(arguments, Term) : null),
        ("key", head.Key is null ? null : Term(head.Key)),
        ("value", head.Value is null ? null : Term(head.Value)),
        ("assign", head.Assign ? RegoValue.True : null));

    private RegoArray Body(List<Expr> body)
    {
        var values = new RegoValue[body.Count];
        for (var i = 0; i < values.Length; i++) values[i] = Expr(body[i], i);
        return new RegoArray(values);
    }

    private RegoObject Expr(Expr expr, int index) => Node(
        expr.Location,
        ("index", RegoValue.Of(index)),
        ("negated", expr.Negated ? RegoValue.True : null),
        ("terms", Terms(expr)),
        ("with", expr.With.Count > 0 ? List(expr.With, w => Node(w.Location, ("target", Term(w.Target)), ("value", Term(w.Value)))) : null));

    private RegoValue Terms(Expr expr)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (expr.Kind)
        {
            case ExprKind.Call:
                return new RegoArray([Term(expr.Function!), .. expr.Arguments.Select(Term)]);
            case ExprKind.Some:
                return Node(expr.Location, ("symbols", List(expr.Arguments, Term)));
            case ExprKind.Every:
                var every = expr.Every!;
                return Node(
                    expr.Location,
                    ("key", every.Key is null ? RegoValue.Null : Term(every.Key)),
                    ("value", Term(every.Value)),
                    ("domain", Term(every.Domain)),
                    ("body", Body(every.Body)));
            case ExprKind.NotBody:
                return Node(expr.Location, ("not", Body(expr.Body!)));
            case ExprKind.Logical:
                var logical = expr.Logical!;
                return Node(expr.Location, (logical.IsOr ? "or" : "and", new RegoArray([Body(logical.Left), Body(logical.Right)])));
            default:
                return Term(expr.Term!);
        }
    }
}
