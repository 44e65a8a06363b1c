using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego.Formatting;

internal sealed partial class AstWriter
{
    private RegoObject Term(Term term)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (term)
        {
            case ScalarTerm { Value: var value }:
                return Typed(term, value.Kind.ToString().ToLowerInvariant(), value.Kind == RegoKind.Null ? RegoObject.Empty : value);
            case VarTerm variable:
                return Typed(term, "var", RegoValue.Of(variable.Name));
            case RefTerm reference:
                return Reference(term.Location, reference.Parts);
            case CallTerm call:
                return Typed(term, "call", new RegoArray([Term(call.Function), .. call.Arguments.Select(Term)]));
            case ArrayTerm array:
                return Typed(term, "array", List(array.Items, Term));
            case SetTerm set:
                return Typed(term, "set", List(set.Items, Term));
            case ObjectTerm obj:
                return Typed(term, "object", List(obj.Entries, e => new RegoArray([Term(e.Key), Term(e.Value)])));
            case ComprehensionTerm comprehension:
                return Comprehension(comprehension);
            case TemplateTerm template:
                return Typed(term, "templatestring", Template(template));
            default:
                throw new InvalidOperationException($"a term of type {term.GetType().Name} is not written by anybody");
        }
    }

    private RegoObject Typed(Term term, string type, RegoValue value) => Node(term.Location, ("type", RegoValue.Of(type)), ("value", value));

    private RegoObject Reference(Location at, List<Term> parts) => Node(at, ("type", RegoValue.Of("ref")), ("value", List(parts, Term)));

    private RegoObject Comprehension(ComprehensionTerm comprehension)
    {
        var (kind, body) = (comprehension.Kind, Body(comprehension.Body));
        if (kind == ComprehensionKind.Object)
        {
            return Typed(comprehension, "objectcomprehension", RegoObject.Of(
                ("key", Term(comprehension.Key!)), ("value", Term(comprehension.Value)), ("body", body)));
        }

        return Typed(comprehension, kind == ComprehensionKind.Array ? "arraycomprehension" : "setcomprehension", RegoObject.Of(
            ("term", Term(comprehension.Value)), ("body", body)));
    }

    private RegoObject Template(TemplateTerm template)
    {
        var parts = new RegoValue[template.Parts.Count];
        for (var i = 0; i < parts.Length; i++)
        {
            var part = template.Parts[i];
            parts[i] = part.Expr is { } expr ? Expr(expr, 0) : Typed(new ScalarTerm(part.Location, RegoValue.Null), "string", new RegoString(part.Text!));
        }

        return RegoObject.Of(("parts", new RegoArray(parts)), ("multi_line", RegoValue.Of(template.Location.Text.StartsWith("$`", StringComparison.Ordinal))));
    }
}
