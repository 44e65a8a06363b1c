using Cove.Rego.Syntax;

namespace Cove.Rego.Formatting;

internal sealed partial class ModuleFormatter
{
    private void WriteExpr(Expr expr)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        if (expr.Negated) writer.Write("not ");
        switch (expr.Kind)
        {
            case ExprKind.Term:
                WriteTerm(expr.Term!, Context.Plain);
                break;
            case ExprKind.Call:
                WriteCallExpr(expr);
                break;
            case ExprKind.Some:
                writer.Write("some ");
                WriteSome(expr);
                break;
            case ExprKind.Every:
                WriteEvery(expr);
                break;
            case ExprKind.NotBody:
                writer.Write("not ");
                WriteBraces(expr.Body!, expr.Location);
                break;
            case ExprKind.Logical:
                WriteLogical(expr.Logical!, expr.Location);
                break;
        }

        WriteWith(expr);
    }

    private void WriteCallExpr(Expr expr)
    {
        var call = new CallTerm(expr.Location, expr.Function!, expr.Arguments);
        if (!IsInfix(call))
        {
            WriteCall(call);
            return;
        }

        if (expr.Operator is "eq" or "assign")
        {
            // A bar behind the first term of a body would make a comprehension of the body.
            WriteTerm(call.Arguments[0], Context.Item);
            writer.Write(expr.Operator == "eq" ? " = " : " := ");
            WriteTerm(call.Arguments[1], Context.Plain);
            return;
        }

        var isUnion = expr.Operator == "or";
        if (isUnion) writer.Write("(");
        WriteInfix(call, Context.Operand);
        if (isUnion) writer.Write(")");
    }

    private static bool StartsWithMinus(Expr expr) => !expr.Negated && expr.Kind switch
    {
        ExprKind.Term => StartsWithMinus(expr.Term!, Context.Plain),
        ExprKind.Call => StartsWithMinus(new CallTerm(expr.Location, expr.Function!, expr.Arguments), Context.Plain),
        _ => false,
    };

    private static bool StartsWithMinus(Term term, Context context) => term switch
    {
        ScalarTerm => term.Location.Text is ['-', ..],
        CallTerm call when IsInfix(call) => IsNegation(call)
            || (context == Context.Plain && StartsWithMinus(call.Arguments[0], call.Function.DottedName() is "eq" or "assign" ? Context.Plain : Context.Operand)),
        _ => false,
    };

    private void WriteSome(Expr expr)
    {
        if (expr.Arguments is [CallTerm member])
        {
            WriteInfix(member, Context.Operand);
            return;
        }

        for (var i = 0; i < expr.Arguments.Count; i++)
        {
            if (i > 0) writer.Write(", ");
            WriteTerm(expr.Arguments[i], Context.Plain);
        }
    }

    private void WriteEvery(Expr expr)
    {
        var every = expr.Every!;
        writer.Write("every ");
        if (every.Key is not null)
        {
            WriteTerm(every.Key, Context.Plain);
            writer.Write(", ");
        }

        WriteTerm(every.Value, Context.Plain);
        writer.Write(" in ");
        WriteTerm(every.Domain, Context.Operand);
        writer.Write(" ");
        WriteBraces(every.Body, expr.Location, every.Domain.Location.End);
    }

    /// <summary>A body in braces, on one line where it was written so.</summary>
    private void WriteBraces(List<Expr> body, Location whole, int start = -1)
    {
        var last = body[^1].Location.End;
        if (writer.AreOnOneRow(whole.Offset, last) && !writer.HasComment(new Range(body[0].Location.Offset, last), []))
        {
            writer.Write("{ ");
            WriteInlineBody(body);
            writer.Write(" }");
            return;
        }

        writer.Write("{");
        WriteBlock(body, start >= 0 ? start : whole.Offset, EndOfBraces(whole, body));
        writer.Write("}");
    }

    /// <summary>Where the closing brace of a body stands: the end of the whole, or of what follows its last expression.</summary>
    private int EndOfBraces(Location whole, List<Expr> body)
    {
        var at = body[^1].Location.End;
        var text = module.Source.Text;
        while (at < Math.Min(whole.End, text.Length) && text[at] != '}')
        {
            if (text[at] == '#') at = text.IndexOf('\n', at) is >= 0 and var line ? line : text.Length;
            else at++;
        }

        return at + 1;
    }

    private void WriteInlineBody(List<Expr> body)
    {
        for (var i = 0; i < body.Count; i++)
        {
            if (i > 0) writer.Write("; ");
            WriteExpr(body[i]);
        }
    }

    private void WriteLogical(LogicalClause clause, Location whole)
    {
        WriteOperand(clause.Left, clause.ExplicitLeft, whole);
        writer.Write(clause.IsOr ? " or " : " and ");
        WriteOperand(clause.Right, clause.ExplicitRight, whole);
    }

    private void WriteOperand(List<Expr> body, bool isExplicit, Location whole)
    {
        if (isExplicit) WriteBraces(body, new Location(module.Source, body[0].Location.Offset, 0, 0) { End = whole.End });
        else WriteExpr(body[0]);
    }

    private void WriteWith(Expr expr)
    {
        if (expr.With.Count == 0) return;
        var end = expr.Term?.Location.End ?? Math.Max(expr.Function?.Location.End ?? 0, expr.Arguments.Count > 0 ? expr.Arguments[^1].Location.End : expr.With[0].Location.Offset);
        foreach (var with in expr.With)
        {
            if (writer.AreOnOneRow(Math.Min(end, with.Location.Offset), with.Location.Offset))
            {
                writer.Write(" ");
                WriteOneWith(with);
            }
            else
            {
                writer.EndLine(Math.Min(end, with.Location.Offset));
                writer.Indent();
                writer.Comments(with.Location.Offset, keepBlank: false);
                WriteOneWith(with);
                writer.Outdent();
            }

            end = with.Location.End;
        }
    }

    private void WriteOneWith(WithModifier with)
    {
        writer.Write("with ");
        WriteTerm(with.Target, Context.Plain);
        writer.Write(" as ");
        WriteTerm(with.Value, Context.Plain);
    }
}
