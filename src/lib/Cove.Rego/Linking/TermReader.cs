using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego.Linking;

/// <summary>Reads what <see cref="TermWriter"/> wrote.</summary>
internal sealed class TermReader(Strings strings, ByteSource bytes, IReadOnlyList<Module> modules)
{
    private Location last = Location.None;
    private SourceText source = Location.None.Source;
    private List<WithModifier> with = [];

    public Rule Rule()
    {
        var module = modules[bytes.Number()];
        source = module.Source;
        var first = Part(module, out var hasElse);
        for (var part = first; hasElse; part = part.Else) part.Else = Part(module, out hasElse);
        return first;
    }

    public RegoValue Value()
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        var kind = (RegoKind)bytes.Byte();
        switch (kind)
        {
            case RegoKind.Null: return RegoValue.Null;
            case RegoKind.Boolean: return RegoValue.Of(bytes.Flag());
            case RegoKind.Number: return RegoNumber.FromText(strings.Text(bytes.Number())) ?? throw new FormatException("a number of the image is none");
            case RegoKind.String: return strings.Value(bytes.Number());
            case RegoKind.Array: return new RegoArray(Values());
            case RegoKind.Set: return RegoSet.Of(Values().AsSpan());
            case RegoKind.Object:
                var count = bytes.Count();
                var builder = new ObjectBuilder(count);
                for (var i = 0; i < count; i++) builder.Set(Value(), Value());
                return builder.Build();
            default: throw new FormatException($"the image has a value of kind {kind}");
        }
    }

    private RegoValue[] Values()
    {
        var values = new RegoValue[bytes.Count()];
        for (var i = 0; i < values.Length; i++) values[i] = Value();
        return values;
    }

    private Rule Part(Module module, out bool hasElse)
    {
        var at = Place();
        var bits = bytes.Byte();
        hasElse = (bits & 16) != 0;
        return new Rule(at)
        {
            Module = module,
            IsDefault = (bits & 1) != 0,
            HasIf = (bits & 2) != 0,
            HasContains = (bits & 4) != 0,
            GeneratedBody = (bits & 8) != 0,
            BodyStart = bytes.Signed(),
            End = bytes.Number(),
            Index = bytes.Number(),
            Head = Head(),
            Body = Body(),
        };
    }

    private Head Head()
    {
        var at = Place();
        var bits = bytes.Byte();
        return new Head(at, Ref())
        {
            Assign = (bits & 1) != 0,
            GeneratedValue = (bits & 2) != 0,
            Arguments = (bits & 4) != 0 ? Terms() : null,
            Key = (bits & 8) != 0 ? Term() : null,
            Value = (bits & 16) != 0 ? Term() : null,
        };
    }

    private List<Expr> Body()
    {
        var count = bytes.Count();
        var body = new List<Expr>(count);
        for (var i = 0; i < count; i++) body.Add(Expr());
        return body;
    }

    private Expr Expr()
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        var kind = (ExprKind)bytes.Byte();
        var bits = bytes.Byte();
        var expr = new Expr(Place(), kind) { Negated = (bits & 1) != 0, Generated = (bits & 2) != 0 };
        if ((bits & 4) != 0) expr.With = with = (bits & 8) != 0 ? with : Modifiers();
        switch (kind)
        {
            case ExprKind.Term:
                expr.Term = Term();
                break;
            case ExprKind.Call:
                expr.Function = Ref();
                expr.Arguments = Terms();
                break;
            case ExprKind.Every:
                expr.Every = new EveryClause(bytes.Flag() ? Term() : null, Term(), Term(), Body());
                break;
            case ExprKind.NotBody:
                expr.Body = Body();
                break;
            case ExprKind.Logical:
                var clause = bytes.Byte();
                expr.Logical = new LogicalClause((clause & 1) != 0, Body(), Body(), (clause & 2) != 0, (clause & 4) != 0);
                break;
            default:
                throw new FormatException($"the image has an expression of kind {kind}");
        }

        return expr;
    }

    private List<WithModifier> Modifiers()
    {
        var count = bytes.Count();
        var modifiers = new List<WithModifier>(count);
        for (var i = 0; i < count; i++) modifiers.Add(new WithModifier(Place(), Term(), Term()));
        return modifiers;
    }

    private List<Term> Terms()
    {
        var count = bytes.Count();
        var terms = new List<Term>(count);
        for (var i = 0; i < count; i++) terms.Add(Term());
        return terms;
    }

    private RefTerm Ref() => Term() as RefTerm ?? throw new FormatException("the image has another term where a reference belongs");

    private Term Term()
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        var kind = (TermKind)bytes.Byte();
        var at = Place();
        switch (kind)
        {
            case TermKind.Scalar: return new ScalarTerm(at, Value());
            case TermKind.Var: return new VarTerm(at, strings.Text(bytes.Number()));
            case TermKind.Function: return new FunctionTerm(at, strings.Text(bytes.Number()));
            case TermKind.Ref: return new RefTerm(at, Terms());
            case TermKind.Call: return new CallTerm(at, Ref(), Terms());
            case TermKind.Array: return new ArrayTerm(at, Terms());
            case TermKind.Set: return new SetTerm(at, Terms());
            case TermKind.Object:
                var count = bytes.Count();
                var entries = new List<(Term, Term)>(count);
                for (var i = 0; i < count; i++) entries.Add((Term(), Term()));
                return new ObjectTerm(at, entries);
            case TermKind.Comprehension:
                return new ComprehensionTerm(at, (ComprehensionKind)bytes.Byte(), bytes.Flag() ? Term() : null, Term(), Body());
            default: throw new FormatException($"the image has a term of kind {kind}");
        }
    }

    private Location Place()
    {
        switch (bytes.Byte())
        {
            case 0: return Location.None;
            case 1: return last;
            case 2:
                var (offset, row, column) = (last.Offset + bytes.Signed(), last.Row + bytes.Signed(), bytes.Number());
                return last = new Location(source, offset, row, column) { End = offset + bytes.Signed() };
            default: throw new FormatException($"the image has a place of an unknown kind, at {bytes.At}");
        }
    }
}
