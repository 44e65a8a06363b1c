namespace Cove.Rego.Templates;

/// <summary>A part of a template, and where it begins in the text.</summary>
internal abstract record TemplateNode(int At);

internal sealed record TextNode(int At, string Text) : TemplateNode(At);

/// <summary><c>{{pipeline}}</c>: prints its value, unless it only sets a variable.</summary>
internal sealed record ActionNode(int At, PipeNode Pipe) : TemplateNode(At);

internal enum BranchKind
{
    If,
    Range,
    With,
}

internal sealed record BranchNode(int At, BranchKind Kind, PipeNode Pipe, List<TemplateNode> Body, List<TemplateNode> Else) : TemplateNode(At);

internal sealed record BreakNode(int At) : TemplateNode(At);

internal sealed record ContinueNode(int At) : TemplateNode(At);

internal sealed record CallTemplateNode(int At, string Name, PipeNode? Pipe) : TemplateNode(At)
{
    public override string ToString() => $"{{{{template {Values.GoQuote.Quote(Name)}{(Pipe is null ? "" : " " + Pipe)}}}}}";
}

/// <summary>Commands in a row, each handing its value on, perhaps into variables.</summary>
internal sealed record PipeNode(int At, List<string> Variables, bool IsAssignment, List<CommandNode> Commands) : TemplateNode(At)
{
    public override string ToString() =>
        $"{(Variables.Count == 0 ? "" : $"{string.Join(", ", Variables)} {(IsAssignment ? "=" : ":=")} ")}{string.Join(" | ", Commands)}";
}

internal sealed record CommandNode(int At, List<OperandNode> Operands) : TemplateNode(At)
{
    public override string ToString() => string.Join(' ', Operands.Select(static o => o is PipeOperand ? $"({o})" : o.ToString()));
}

internal abstract record OperandNode(int At) : TemplateNode(At);

internal sealed record DotOperand(int At) : OperandNode(At)
{
    public override string ToString() => ".";
}

internal sealed record NilOperand(int At) : OperandNode(At)
{
    public override string ToString() => "nil";
}

/// <summary>A number, a text, true or false, as written.</summary>
internal sealed record ConstantOperand(int At, TemplateValue Value, string Written) : OperandNode(At)
{
    public override string ToString() => Written;
}

internal sealed record FunctionOperand(int At, string Name) : OperandNode(At)
{
    public override string ToString() => Name;
}

/// <summary><c>.a.b</c></summary>
internal sealed record FieldOperand(int At, List<string> Names) : OperandNode(At)
{
    public override string ToString() => "." + string.Join('.', Names);
}

/// <summary><c>$x.a.b</c></summary>
internal sealed record VariableOperand(int At, string Name, List<string> Names) : OperandNode(At)
{
    public override string ToString() => string.Concat(Names.Prepend(Name).Select(static (n, i) => i == 0 ? n : "." + n));
}

internal sealed record PipeOperand(int At, PipeNode Pipe) : OperandNode(At)
{
    public override string ToString() => Pipe.ToString();
}

/// <summary>Fields of what parentheses give: <c>(pipeline).a.b</c></summary>
internal sealed record ChainOperand(int At, OperandNode Of, List<string> Names) : OperandNode(At)
{
    public override string ToString() => $"{(Of is PipeOperand ? $"({Of})" : Of.ToString())}.{string.Join('.', Names)}";
}
