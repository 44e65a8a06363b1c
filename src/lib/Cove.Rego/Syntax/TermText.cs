using System.Text;
using Cove.Rego.Values;

namespace Cove.Rego.Syntax;

/// <summary>Terms as text, as error messages show them.</summary>
internal static class TermText
{
    private static readonly Dictionary<string, string> Infix = new()
    {
        ["plus"] = "+", ["minus"] = "-", ["mul"] = "*", ["div"] = "/", ["rem"] = "%", ["and"] = "&", ["or"] = "|", ["eq"] = "=", ["equal"] = "==",
        ["neq"] = "!=", ["lt"] = "<", ["gt"] = ">", ["lte"] = "<=", ["gte"] = ">=", ["assign"] = ":=",
    };

    /// <summary>How an operator is written between its operands.</summary>
    public static string Symbol(string function) => function is "internal.member_2" or "internal.member_3" ? "in" : Infix[function];

    public static string Of(Term term)
    {
        var output = new StringBuilder();
        Write(output, term);
        return output.ToString();
    }

    private static void Write(StringBuilder output, Term term)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (term)
        {
            case ScalarTerm scalar:
                ValueWriter.Rego(output, scalar.Value);
                break;
            case VarTerm variable:
                output.Append(variable.IsWildcard ? "_" : variable.Name.Replace("%", "__", StringComparison.Ordinal));
                break;
            case RefTerm reference:
                WriteRef(output, reference);
                break;
            case CallTerm call:
                Write(output, call.Function);
                List(output, "(", call.Arguments, ")");
                break;
            case ArrayTerm array:
                List(output, "[", array.Items, "]");
                break;
            case SetTerm set:
                List(output, "{", set.Items, "}");
                break;
            case ObjectTerm obj:
                output.Append('{');
                for (var i = 0; i < obj.Entries.Count; i++)
                {
                    if (i > 0) output.Append(", ");
                    Write(output, obj.Entries[i].Key);
                    output.Append(": ");
                    Write(output, obj.Entries[i].Value);
                }

                output.Append('}');
                break;
            case ComprehensionTerm comprehension:
                WriteComprehension(output, comprehension);
                break;
            default:
                output.Append(term.Location.Text);
                break;
        }
    }

    private static void WriteRef(StringBuilder output, RefTerm reference)
    {
        Write(output, reference.Parts[0]);
        for (var i = 1; i < reference.Parts.Count; i++)
        {
            if (reference.Parts[i] is ScalarTerm { Value: RegoString text } && Names.IsIdentifier(text.Text))
            {
                output.Append('.').Append(text.Text);
                continue;
            }

            output.Append('[');
            Write(output, reference.Parts[i]);
            output.Append(']');
        }
    }

    private static void WriteComprehension(StringBuilder output, ComprehensionTerm comprehension)
    {
        var array = comprehension.Kind == ComprehensionKind.Array;
        output.Append(array ? '[' : '{');
        if (comprehension.Key is not null)
        {
            Write(output, comprehension.Key);
            output.Append(": ");
        }

        Write(output, comprehension.Value);
        output.Append(" | ");
        for (var i = 0; i < comprehension.Body.Count; i++)
        {
            if (i > 0) output.Append("; ");
            Write(output, comprehension.Body[i]);
        }

        output.Append(array ? ']' : '}');
    }

    public static string Of(Expr expr)
    {
        var output = new StringBuilder();
        Write(output, expr);
        return output.ToString();
    }

    private static void Write(StringBuilder output, Expr expr)
    {
        if (expr.Negated) output.Append("not ");
        if (expr.Kind == ExprKind.Term) Write(output, expr.Term!);
        else if (expr.Kind != ExprKind.Call) output.Append(expr.Location.Text);
        else if (expr.Arguments.Count == 2 && Infix.TryGetValue(expr.Operator ?? "", out var symbol))
        {
            Write(output, expr.Arguments[0]);
            output.Append(' ').Append(symbol).Append(' ');
            Write(output, expr.Arguments[1]);
        }
        else
        {
            Write(output, expr.Function!);
            List(output, "(", expr.Arguments, ")");
        }
    }

    private static void List(StringBuilder output, string open, List<Term> items, string close)
    {
        output.Append(open);
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0) output.Append(", ");
            Write(output, items[i]);
        }

        output.Append(close);
    }
}
