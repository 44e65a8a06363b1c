using Cove.Rego.Syntax;

namespace Cove.Rego.Formatting;

/// <summary>
/// Writes a module in the one layout that <c>opa fmt</c> gives it: tabs, a body's expressions on lines of their own, imports sorted, operators inside
/// operators in parentheses. What the author put on lines of its own stays there.
/// </summary>
internal sealed partial class ModuleFormatter
{
    private readonly Module module;
    private readonly FormatWriter writer;
    private Head? written;

    private ModuleFormatter(Module module) => (this.module, writer) = (module, new FormatWriter(module.Source, module.Comments));

    public static string Format(Module module)
    {
        var formatter = new ModuleFormatter(module);
        formatter.WriteModule();
        return formatter.writer.Finish();
    }

    private void WriteModule()
    {
        var package = module.Package.Location;
        writer.BeginLine(package.Offset);
        writer.Write("package ");
        writer.Write(((Values.RegoString)((ScalarTerm)module.Package.Parts[1]).Value).Text);
        foreach (var part in module.Package.Parts.Skip(2)) WriteStep(part, asWritten: true);
        writer.EndLine(package.End);
        var statements = module.Imports.ConvertAll(static i => new Statement(i.Location.Offset, i, null));
        statements.AddRange(module.Rules.Select(static r => new Statement(r.Location.Offset, null, r)));
        statements.Sort(static (a, b) => a.Offset.CompareTo(b.Offset));
        var before = new Neighbour(-2, IsShort: false);
        for (var i = 0; i < statements.Count;)
        {
            if (statements[i].Rule is { } rule)
            {
                before = WriteRuleStatement(rule, before);
                i++;
                continue;
            }

            var count = CountImports(statements, i);
            WriteImports([.. statements.GetRange(i, count).Select(static s => s.Import!)]);
            before = new Neighbour(-2, IsShort: false);
            i += count;
        }

        var end = module.Source.Text.Length + 1;
        if (writer.HasCommentBefore(end)) writer.Blank();
        writer.Comments(end);
    }

    /// <summary>Imports that stand on rows next to each other are sorted together.</summary>
    private int CountImports(List<Statement> statements, int start)
    {
        var end = start + 1;
        while (end < statements.Count && statements[end].Import is not null && writer.Row(statements[end].Offset) - writer.Row(statements[end - 1].Offset) <= 1) end++;
        return end - start;
    }

    private void WriteImports(List<Import> imports)
    {
        writer.Blank();
        writer.BeginLine(imports[0].Location.Offset);
        // Where there are comments among them nothing moves: nobody can say what they are about.
        var mayMove = writer.NextCommentRow > writer.Row(imports[^1].Location.End);
        var end = imports[^1].Location.End;
        if (mayMove) imports = [.. imports.OrderBy(static i => TermText.Of(i.Path), StringComparer.Ordinal)];
        foreach (var import in imports)
        {
            if (!mayMove) writer.BeginLine(import.Location.Offset);
            writer.Write("import ");
            WriteTerm(import.Path.Parts.Count == 1 ? import.Path.Parts[0] : import.Path, Context.Plain);
            if (import.Alias is { } alias) writer.Write(" as " + alias);
            writer.EndLine(mayMove ? end : import.Location.End);
        }
    }

    /// <summary>A rule; a short one that follows a short one on the next row stays next to it.</summary>
    private Neighbour WriteRuleStatement(Rule rule, Neighbour before)
    {
        var start = rule.Location.Offset;
        var firstRow = Math.Min(writer.Row(start), writer.NextCommentRow);
        var isShort = rule.Else is null && IsOneLine(rule);
        if (!(before.IsShort && isShort && firstRow - before.Row == 1)) writer.Blank();
        writer.BeginLine(start);
        WriteRule(rule);
        var last = rule;
        while (last.Else is not null) last = last.Else;
        return new Neighbour(writer.Row(last.End), isShort);
    }

    private bool IsOneLine(Rule rule) => rule.GeneratedBody ? writer.AreOnOneRow(rule.Location.Offset, rule.End) : IsInline(rule);

    /// <summary>A body of one expression that starts on the row of its head needs no braces.</summary>
    private bool IsInline(Rule rule) => rule is { HasIf: true, Body: [var only] } && only is not { Kind: ExprKind.Term, Term: SetTerm }
        && writer.AreOnOneRow(rule.Location.Offset, only.Location.Offset) && writer.AreOnOneRow(only.Location.Offset, rule.End);

    private void WriteRule(Rule rule)
    {
        if (rule.IsDefault) writer.Write("default ");
        WriteHead(rule);
        WriteBody(rule);
        var previous = rule;
        for (var part = rule.Else; part is not null; previous = part, part = part.Else)
        {
            var follows = previous.BodyStart >= 0 && !IsInline(previous) && writer.AreOnOneRow(previous.End, part.Location.Offset) && !writer.HasCommentBefore(part.Location.Offset);
            if (follows)
            {
                writer.Write(" ");
            }
            else
            {
                writer.EndLine(previous.End);
                writer.Blank();
                writer.BeginLine(part.Location.Offset);
            }

            writer.Write("else");
            if (!part.Head.GeneratedValue) WriteValue(part.Head);
            WriteBody(part);
        }

        writer.EndLine(previous.End);
    }

    private void WriteHead(Rule rule)
    {
        // A further body in braces repeats the head before it, which has no text of its own there.
        var head = module.Source.Text[rule.Location.Offset] == '{' ? written ?? rule.Head : rule.Head;
        written = head;
        WriteTerm(head.Ref.Parts[0], Context.Plain);
        foreach (var part in head.Ref.Parts.Skip(1)) WriteStep(part, asWritten: true);
        if (head.Arguments is { } arguments) WriteList("(", arguments, ")", Opening(head.Ref), HeadEnd(rule, head), Context.Plain);
        if (head.Kind == RuleKind.Multi)
        {
            if (rule.HasContains) writer.Write(" contains ");
            if (rule.HasContains) WriteTerm(head.Key!, Context.Plain);
            else WriteStep(head.Key!, asWritten: true);
        }
        else if (head is { GeneratedValue: false, Value: not null } && !IsTrueWithBody(rule))
        {
            WriteValue(head);
        }
    }

    /// <summary>"p := true if x" says no more than "p if x".</summary>
    private static bool IsTrueWithBody(Rule rule) =>
        rule is { HasIf: true, GeneratedBody: false } && rule.Head.Value is ScalarTerm { Value: var value } && value == Values.RegoValue.True;

    private static int HeadEnd(Rule rule, Head head) => head != rule.Head ? head.Location.Offset : rule.BodyStart >= 0 ? rule.BodyStart
        : rule.GeneratedBody ? rule.End : rule.Body.Count > 0 ? rule.Body[0].Location.Offset : rule.End;

    private void WriteValue(Head head)
    {
        writer.Write(head.Assign || module.IsV1 ? " := " : " = ");
        WriteTerm(head.Value!, Context.Plain);
    }

    private void WriteBody(Rule rule)
    {
        if (rule.GeneratedBody) return;
        if (rule.HasIf) writer.Write(" if");
        if (IsInline(rule))
        {
            writer.Write(" ");
            WriteExpr(rule.Body[0]);
            return;
        }

        writer.Write(" {");
        WriteBlock(rule.Body, rule.BodyStart >= 0 ? rule.BodyStart : rule.Body[0].Location.Offset, rule.End);
        writer.Write("}");
    }

    /// <summary>The lines between a brace that was just written and the closing one, which the caller writes.</summary>
    private void WriteBlock(List<Expr> body, int start, int end)
    {
        writer.EndLine(start, indent: true);
        for (var i = 0; i < body.Count; i++)
        {
            writer.BeginLine(body[i].Location.Offset);
            WriteExpr(body[i]);
            // A minus at the start of a line would go on with the expression before it.
            if (i + 1 < body.Count && StartsWithMinus(body[i + 1])) writer.Write(";");
            writer.EndLine(body[i].Location.End);
        }

        writer.Comments(end - 1);
        writer.Outdent();
    }

    private sealed record Statement(int Offset, Import? Import, Rule? Rule);

    private readonly record struct Neighbour(int Row, bool IsShort);
}
