using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego.Linking;

/// <summary>Writes analysed rules. Places are told by how far they are from the one before.</summary>
internal sealed class TermWriter(StringTable strings, List<SourceText> files)
{
    private Location last = Location.None;
    private SourceText source = Location.None.Source;
    private List<WithModifier>? with;

    public void Write(ByteSink sink, Rule rule)
    {
        source = rule.Module.Source;
        sink.Number(files.IndexOf(source));
        for (var part = rule; part is not null; part = part.Else)
        {
            Place(sink, part.Location);
            sink.Byte(Bits(part.IsDefault, part.HasIf, part.HasContains, part.GeneratedBody, part.Else is not null));
            sink.Signed(part.BodyStart);
            sink.Number(part.End);
            sink.Number(part.Index);
            Write(sink, part.Head);
            Write(sink, part.Body);
        }
    }

    public void Value(ByteSink sink, RegoValue value)
    {
        sink.Byte((int)value.Kind);
        switch (value)
        {
            case RegoBoolean boolean:
                sink.Flag(boolean.Value);
                break;
            case RegoNumber number:
                sink.Number(strings.Of(number.Text));
                break;
            case RegoString text:
                sink.Number(strings.Of(text.Text));
                break;
            case RegoArray array:
                sink.Number(array.Count);
                foreach (var item in array.Items) Value(sink, item);
                break;
            case RegoSet set:
                sink.Number(set.Count);
                foreach (var item in set.Sorted) Value(sink, item);
                break;
            case RegoObject obj:
                sink.Number(obj.Count);
                foreach (var (key, item) in obj.Entries())
                {
                    Value(sink, key);
                    Value(sink, item);
                }

                break;
        }
    }

    private static int Bits(params ReadOnlySpan<bool> flags)
    {
        var bits = 0;
        for (var i = 0; i < flags.Length; i++) bits |= flags[i] ? 1 << i : 0;
        return bits;
    }

    private void Write(ByteSink sink, Head head)
    {
        Place(sink, head.Location);
        sink.Byte(Bits(head.Assign, head.GeneratedValue, head.Arguments is not null, head.Key is not null, head.Value is not null));
        Write(sink, head.Ref);
        if (head.Arguments is { } arguments) Write(sink, arguments);
        if (head.Key is { } key) Write(sink, key);
        if (head.Value is { } value) Write(sink, value);
    }

    private void Write(ByteSink sink, List<Expr> body)
    {
        sink.Number(body.Count);
        foreach (var expr in body) Write(sink, expr);
    }

    private void Write(ByteSink sink, Expr expr)
    {
        // Expressions that came from one under a "with" share its modifiers, and are known by that.
        var shares = expr.With.Count > 0 && ReferenceEquals(expr.With, with);
        sink.Byte((int)expr.Kind);
        sink.Byte(Bits(expr.Negated, expr.Generated, expr.With.Count > 0, shares));
        Place(sink, expr.Location);
        if (expr.With.Count > 0 && !shares) Write(sink, expr.With);
        if (expr.With.Count > 0) with = expr.With;
        switch (expr.Kind)
        {
            case ExprKind.Term:
                Write(sink, expr.Term!);
                break;
            case ExprKind.Call:
                Write(sink, expr.Function!);
                Write(sink, expr.Arguments);
                break;
            case ExprKind.Every:
                Write(sink, expr.Every!);
                break;
            case ExprKind.NotBody:
                Write(sink, expr.Body!);
                break;
            case ExprKind.Logical:
                sink.Byte(Bits(expr.Logical!.IsOr, expr.Logical.ExplicitLeft, expr.Logical.ExplicitRight));
                Write(sink, expr.Logical.Left);
                Write(sink, expr.Logical.Right);
                break;
            default:
                throw new InvalidOperationException($"an expression of kind {expr.Kind} does not outlive the analysis");
        }
    }

    private void Write(ByteSink sink, List<WithModifier> modifiers)
    {
        sink.Number(modifiers.Count);
        foreach (var modifier in modifiers)
        {
            Place(sink, modifier.Location);
            Write(sink, modifier.Target);
            Write(sink, modifier.Value);
        }
    }

    private void Write(ByteSink sink, EveryClause every)
    {
        sink.Flag(every.Key is not null);
        if (every.Key is { } key) Write(sink, key);
        Write(sink, every.Value);
        Write(sink, every.Domain);
        Write(sink, every.Body);
    }

    private void Write(ByteSink sink, List<Term> terms)
    {
        sink.Number(terms.Count);
        foreach (var term in terms) Write(sink, term);
    }

    private void Write(ByteSink sink, Term term)
    {
        var kind = KindOf(term);
        sink.Byte((int)kind);
        Place(sink, term.Location);
        switch (term)
        {
            case ScalarTerm scalar:
                Value(sink, scalar.Value);
                break;
            case VarTerm variable:
                sink.Number(strings.Of(variable.Name));
                break;
            case FunctionTerm function:
                sink.Number(strings.Of(function.Name));
                break;
            case RefTerm reference:
                Write(sink, reference.Parts);
                break;
            case CallTerm call:
                Write(sink, call.Function);
                Write(sink, call.Arguments);
                break;
            case ArrayTerm array:
                Write(sink, array.Items);
                break;
            case SetTerm set:
                Write(sink, set.Items);
                break;
            case ObjectTerm obj:
                sink.Number(obj.Entries.Count);
                foreach (var (key, value) in obj.Entries)
                {
                    Write(sink, key);
                    Write(sink, value);
                }

                break;
            case ComprehensionTerm comprehension:
                sink.Byte((int)comprehension.Kind);
                sink.Flag(comprehension.Key is not null);
                if (comprehension.Key is { } head) Write(sink, head);
                Write(sink, comprehension.Value);
                Write(sink, comprehension.Body);
                break;
        }
    }

    private static TermKind KindOf(Term term) => term switch
    {
        ScalarTerm => TermKind.Scalar,
        VarTerm => TermKind.Var,
        FunctionTerm => TermKind.Function,
        RefTerm => TermKind.Ref,
        CallTerm => TermKind.Call,
        ArrayTerm => TermKind.Array,
        SetTerm => TermKind.Set,
        ObjectTerm => TermKind.Object,
        ComprehensionTerm => TermKind.Comprehension,
        _ => throw new InvalidOperationException($"a term of type {term.GetType().Name} does not outlive the analysis"),
    };

    /// <summary>0: nowhere; 1: as before; 2: from the one before.</summary>
    private void Place(ByteSink sink, Location at)
    {
        if (ReferenceEquals(at.Source, Location.None.Source))
        {
            sink.Byte(0);
            return;
        }

        if (!ReferenceEquals(at.Source, source)) throw new InvalidOperationException($"a rule of {source.File} has a part that stands in {at.File}");
        if (ReferenceEquals(last.Source, source) && (at.Offset, at.Row, at.Column, at.End) == (last.Offset, last.Row, last.Column, last.End))
        {
            sink.Byte(1);
            return;
        }

        sink.Byte(2);
        sink.Signed(at.Offset - last.Offset);
        sink.Signed(at.Row - last.Row);
        sink.Number(at.Column);
        sink.Signed(at.End - at.Offset);
        last = at;
    }
}
