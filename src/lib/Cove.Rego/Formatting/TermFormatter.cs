using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego.Formatting;

internal sealed partial class ModuleFormatter
{
    private static readonly HashSet<string> Keywords =
    [
        "package", "import", "as", "default", "else", "not", "some", "with", "null", "true", "false", "in", "every", "contains", "if", "and", "or",
    ];

    /// <summary>What a term stands in, which decides whether an operator needs parentheses.</summary>
    private enum Context
    {
        /// <summary>Alone: an argument, a value, a side of an assignment.</summary>
        Plain,

        /// <summary>In a list or object, where a bar would start a comprehension's body.</summary>
        Item,

        /// <summary>A side of another operator, or the head of a comprehension.</summary>
        Operand,
    }

    private void WriteTerm(Term term, Context context)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (term)
        {
            case VarTerm variable:
                writer.Write(variable.IsWildcard ? "_" : variable.Name);
                break;
            case RefTerm reference:
                WriteTerm(reference.Parts[0], Context.Plain);
                foreach (var part in reference.Parts.Skip(1)) WriteStep(part, asWritten: false);
                break;
            case CallTerm call:
                WriteCallTerm(call, context);
                break;
            case ArrayTerm array:
                WriteList("[", array.Items, "]", term.Location.Offset, term.Location.End, Context.Item);
                break;
            case SetTerm { Items.Count: 0 }:
                writer.Write("set()");
                break;
            case SetTerm set:
                WriteList("{", set.Items, "}", term.Location.Offset, term.Location.End, Context.Item);
                break;
            case ObjectTerm obj:
                WriteObject(obj);
                break;
            case ComprehensionTerm comprehension:
                WriteComprehension(comprehension);
                break;
            default:
                // Numbers, strings and templates stay as they were written: 1e3 is not 1000, and a raw string reads better raw.
                writer.Write(term is ScalarTerm { Value: RegoNumber number } && term.Location.Text.AsSpan().ContainsAny(" \t\r\n#") ? number.Text : term.Location.Text);
                break;
        }
    }

    /// <summary>A step of a reference: by a dot where that is possible.</summary>
    private void WriteStep(Term step, bool asWritten)
    {
        if (step is ScalarTerm { Value: RegoString { Text: var name } })
        {
            var hasQuotes = step.Location.Text is ['"' or '`', ..];
            if (!hasQuotes || (!asWritten && Names.IsIdentifier(name) && !Keywords.Contains(name)))
            {
                writer.Write("." + name);
                return;
            }
        }

        writer.Write("[");
        WriteTerm(step, Context.Plain);
        writer.Write("]");
    }

    /// <summary>An operator's call starts where its first operand does; a call by name starts at the name.</summary>
    private static bool IsInfix(CallTerm call) => call.Arguments.Count > 1 && call.Arguments[0].Location.Offset == call.Function.Location.Offset;

    /// <summary>"-x" is zero minus x, and the parser gives all of it one place.</summary>
    private static bool IsNegation(CallTerm call) => call.Arguments is [ScalarTerm zero, _] && ReferenceEquals(zero.Location, call.Function.Location);

    private void WriteCallTerm(CallTerm call, Context context)
    {
        if (!IsInfix(call))
        {
            WriteCall(call);
            return;
        }

        if (IsNegation(call))
        {
            writer.Write("-");
            WriteTerm(call.Arguments[1], Context.Operand);
            return;
        }

        var name = call.Function.DottedName();
        var needsParentheses = context == Context.Operand || name == "internal.member_3" || (context == Context.Item && name == "or");
        if (needsParentheses) writer.Write("(");
        WriteInfix(call, Context.Operand);
        if (needsParentheses) writer.Write(")");
    }

    private void WriteInfix(CallTerm call, Context operands)
    {
        var arguments = call.Arguments;
        if (IsNegation(call))
        {
            writer.Write("-");
            WriteTerm(arguments[1], Context.Operand);
            return;
        }

        WriteTerm(arguments[0], operands);
        if (arguments.Count == 3)
        {
            writer.Write(", ");
            WriteTerm(arguments[1], operands);
        }

        writer.Write($" {TermText.Symbol(call.Function.DottedName()!)} ");
        WriteTerm(arguments[^1], operands);
    }

    private void WriteCall(CallTerm call)
    {
        WriteTerm(call.Function, Context.Plain);
        WriteList("(", call.Arguments, ")", Opening(call.Function), call.Location.End, Context.Plain);
    }

    /// <summary>Where the parenthesis behind a function's name stands.</summary>
    private int Opening(RefTerm function) => Math.Max(0, module.Source.Text.IndexOf('(', function.Parts[^1].Location.End));

    /// <summary>Items between brackets: on one line, or those of each row of the source on a line of their own.</summary>
    private void WriteList(string open, List<Term> items, string close, int start, int end, Context context) =>
        WriteRows(open, items.ConvertAll(static i => new Range(i.Location.Offset, i.Location.End)), close, new Range(start, end), i => WriteTerm(items[i], context));

    private void WriteObject(ObjectTerm obj) =>
        WriteRows("{", obj.Entries.ConvertAll(static e => new Range(e.Key.Location.Offset, e.Value.Location.End)), "}", new Range(obj.Location.Offset, obj.Location.End), i =>
        {
            WriteTerm(obj.Entries[i].Key, Context.Item);
            writer.Write(": ");
            WriteTerm(obj.Entries[i].Value, Context.Item);
        });

    private void WriteRows(string open, List<Range> items, string close, Range whole, Action<int> write)
    {
        writer.Write(open);
        if (items.Count == 0 || !IsOnRows(items, whole))
        {
            for (var i = 0; i < items.Count; i++)
            {
                if (i > 0) writer.Write(", ");
                write(i);
            }

            writer.Write(close);
            return;
        }

        writer.EndLine(whole.Start, indent: true);
        for (var i = 0; i < items.Count;)
        {
            writer.BeginLine(items[i].Start, keepBlank: false);
            var row = writer.Row(items[i].Start);
            var first = i;
            for (; i < items.Count && writer.Row(items[i].Start) == row; i++)
            {
                if (i > first) writer.Write(", ");
                write(i);
            }

            writer.Write(",");
            writer.EndLine(items[i - 1].End);
        }

        writer.Comments(whole.End - 1, keepBlank: false);
        writer.Outdent();
        writer.Write(close);
    }

    private bool IsOnRows(List<Range> items, Range whole)
    {
        var row = writer.Row(items[0].Start);
        return items.Exists(i => writer.Row(i.Start) != row) || writer.HasComment(whole, items);
    }

    private void WriteComprehension(ComprehensionTerm comprehension)
    {
        var isArray = comprehension.Kind == ComprehensionKind.Array;
        writer.Write(isArray ? "[" : "{");
        if (comprehension.Key is { } key)
        {
            WriteTerm(key, Context.Item);
            writer.Write(": ");
        }

        WriteTerm(comprehension.Value, Context.Operand);
        writer.Write(" |");
        var body = comprehension.Body;
        var head = comprehension.Value.Location.End;
        var isInline = writer.AreOnOneRow(head, body[^1].Location.Offset) && body.TrueForAll(e => writer.AreOnOneRow(head, e.Location.Offset))
            && !writer.HasComment(new Range(head, comprehension.Location.End), body.ConvertAll(static e => new Range(e.Location.Offset, e.Location.End)));
        if (isInline)
        {
            writer.Write(" ");
            WriteInlineBody(body);
        }
        else
        {
            WriteBlock(body, head, comprehension.Location.End);
        }

        writer.Write(isArray ? "]" : "}");
    }
}
