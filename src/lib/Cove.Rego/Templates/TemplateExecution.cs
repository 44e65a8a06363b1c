using System.Runtime.CompilerServices;
using System.Text;
using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Templates;

/// <summary>Runs a template over data.</summary>
internal sealed class TemplateExecution(EvaluationContext context, string text, IReadOnlyDictionary<string, List<TemplateNode>> templates)
{
    private readonly StringBuilder _output = new();
    private List<(string Name, TemplateValue Value)> _variables = [];
    private string _name = TemplateParser.Main;

    private enum Flow
    {
        On,
        Break,
        Continue,
    }

    /// <summary>The text that the template makes of the data.</summary>
    /// <exception cref="TemplateException">An action fails.</exception>
    public string Run(RegoObject data)
    {
        var dot = TemplateValue.Of(data);
        _variables = [("$", dot)];
        Walk(templates[TemplateParser.Main], dot);
        return _output.ToString();
    }

    /// <summary>A member of a map by name; nothing when it is not there.</summary>
    public static TemplateValue Member(RegoObject map, string name)
    {
        if (map[name] is { } found) return TemplateValue.Of(found);
        for (var i = 0; i < map.Count; i++)
            if (map.RawKey(i) is not RegoString && TemplateValue.Key(map.RawKey(i)) == name) return TemplateValue.Of(map.RawValue(i));
        return TemplateValue.None;
    }

    private TemplateException Error(TemplateNode node, string message)
    {
        var line = 1 + text.AsSpan(0, node.At).Count('\n');
        var column = node.At - (text.LastIndexOf('\n', Math.Max(0, node.At - 1)) + 1);
        var bytes = ByteText.ToBytes(text.Substring(node.At - column, column)).Length;
        var shown = node.ToString()!;
        if (shown.Length > 20) shown = shown[..20] + "...";
        return new TemplateException($"template: {TemplateParser.Main}:{line}:{bytes}: executing {GoQuote.Quote(_name)} at <{shown}>: {message}");
    }

    private void Print(string value)
    {
        _output.Append(value);
        context.CountSteps(value.Length / 64);
        if (_output.Length > context.Limits.MaxBuiltinElements)
            throw RegoEvaluationException.Limit($"a template would produce more than {context.Limits.MaxBuiltinElements} characters");
    }

    private Flow Walk(List<TemplateNode> nodes, TemplateValue dot)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        foreach (var node in nodes)
        {
            context.CountStep();
            var flow = Flow.On;
            switch (node)
            {
                case TextNode plain:
                    Print(plain.Text);
                    break;
                case ActionNode action:
                    var value = Pipe(action.Pipe, dot);
                    if (action.Pipe.Variables.Count == 0) Print(value.ToString());
                    break;
                case BranchNode branch:
                    flow = Branch(branch, dot);
                    break;
                case CallTemplateNode call:
                    Call(call, dot);
                    break;
                case BreakNode:
                    flow = Flow.Break;
                    break;
                case ContinueNode:
                    flow = Flow.Continue;
                    break;
            }

            if (flow != Flow.On) return flow;
        }

        return Flow.On;
    }

    private void Call(CallTemplateNode call, TemplateValue dot)
    {
        if (!templates.TryGetValue(call.Name, out var body)) throw Error(call, $"template {GoQuote.Quote(call.Name)} not defined");
        var argument = call.Pipe is null ? TemplateValue.None : Pipe(call.Pipe, dot);
        var (variables, name) = (_variables, _name);
        (_variables, _name) = ([("$", argument)], call.Name);
        Walk(body, argument);
        (_variables, _name) = (variables, name);
    }

    private Flow Branch(BranchNode branch, TemplateValue dot)
    {
        var mark = _variables.Count;
        var value = Pipe(branch.Pipe, dot);
        var flow = branch.Kind switch
        {
            BranchKind.Range => Range(branch, value, dot),
            _ when !value.IsTrue => Walk(branch.Else, dot),
            BranchKind.With => Walk(branch.Body, value),
            _ => Walk(branch.Body, dot),
        };
        _variables.RemoveRange(mark, _variables.Count - mark);
        return flow;
    }

    private Flow Range(BranchNode branch, TemplateValue value, TemplateValue dot)
    {
        IEnumerable<(TemplateValue Key, TemplateValue Value)> items = value.Kind switch
        {
            TemplateKind.None => [],
            TemplateKind.List => value.List.Select(static (item, i) => (TemplateValue.Of((long)i), TemplateValue.Of(item))),
            TemplateKind.Map => value.Map.Entries().Select(static e => (TemplateValue.Of(TemplateValue.Key(e.Key)), TemplateValue.Of(e.Value))),
            TemplateKind.Int => Count(value.Int),
            _ => throw Error(branch.Pipe, $"range can't iterate over {value}"),
        };
        var any = false;
        var mark = _variables.Count;
        foreach (var (key, item) in items)
        {
            any = true;
            context.CountStep();
            var names = branch.Pipe.Variables;
            if (names.Count > 0) Set(branch.Pipe, names[^1], item);
            if (names.Count > 1) Set(branch.Pipe, names[0], key);
            var flow = Walk(branch.Body, item);
            _variables.RemoveRange(mark, _variables.Count - mark);
            if (flow == Flow.Break) break;
        }

        return any ? Flow.On : Walk(branch.Else, dot);
    }

    private static IEnumerable<(TemplateValue Key, TemplateValue Value)> Count(long to)
    {
        for (var i = 0L; i < to; i++) yield return (TemplateValue.Of(i), TemplateValue.Of(i));
    }

    /// <summary>Sets a variable that is there, the innermost of that name.</summary>
    private void Set(TemplateNode at, string name, TemplateValue value)
    {
        var index = _variables.FindLastIndex(v => v.Name == name);
        if (index < 0) throw Error(at, $"undefined variable: {name}");
        _variables[index] = (name, value);
    }

    private TemplateValue Pipe(PipeNode pipe, TemplateValue dot)
    {
        TemplateValue? value = null;
        foreach (var command in pipe.Commands) value = Command(command, dot, value);
        foreach (var name in pipe.Variables)
        {
            if (pipe.IsAssignment) Set(pipe, name, value!.Value);
            else _variables.Add((name, value!.Value));
        }

        return value!.Value;
    }

    private TemplateValue Command(CommandNode command, TemplateValue dot, TemplateValue? final)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        context.CountStep();
        if (command.Operands[0] is FunctionOperand function) return Function(command, function.Name, dot, final);
        if (command.Operands.Count > 1 || final is not null) throw Error(command.Operands[0], $"can't give argument to non-function {command.Operands[0]}");
        if (command.Operands[0] is NilOperand) throw Error(command, "nil is not a command");
        return Operand(command.Operands[0], dot);
    }

    private TemplateValue Function(CommandNode command, string name, TemplateValue dot, TemplateValue? final)
    {
        if (name is "and" or "or")
        {
            if (command.Operands.Count < 2 && final is null) throw Error(command, $"wrong number of args for {name}: want at least 1 got 0");
            var last = TemplateValue.None;
            foreach (var operand in command.Operands.Skip(1))
            {
                last = Operand(operand, dot);
                if (last.IsTrue == (name == "or")) return last;
            }

            return final ?? last;
        }

        var arguments = new List<TemplateValue>(command.Operands.Count);
        foreach (var operand in command.Operands.Skip(1)) arguments.Add(Operand(operand, dot));
        if (final is { } handed) arguments.Add(handed);
        try
        {
            return TemplateFunctions.Call(context, name, [.. arguments]);
        }
        catch (TemplateException error)
        {
            throw Error(command, error.Message.StartsWith("wrong number", StringComparison.Ordinal) ? error.Message : $"error calling {name}: {error.Message}");
        }
    }

    private TemplateValue Operand(OperandNode operand, TemplateValue dot) => operand switch
    {
        DotOperand => dot,
        NilOperand => TemplateValue.None,
        ConstantOperand constant => constant.Value,
        FieldOperand field => Fields(field, dot, field.Names),
        VariableOperand variable => Fields(variable, _variables.FindLast(v => v.Name == variable.Name).Value, variable.Names),
        PipeOperand pipe => Pipe(pipe.Pipe, dot),
        ChainOperand chain => Fields(chain, Operand(chain.Of, dot), chain.Names),
        FunctionOperand function => Function(new CommandNode(function.At, [function]), function.Name, dot, null),
        _ => TemplateValue.None,
    };

    private TemplateValue Fields(OperandNode at, TemplateValue value, List<string> names)
    {
        foreach (var name in names)
        {
            if (value.Kind == TemplateKind.None) return TemplateValue.None;
            if (value.Kind != TemplateKind.Map) throw Error(at, $"can't evaluate field {name} in type interface {{}}");
            value = Member(value.Map, name);
        }

        return value;
    }
}
