using Cove.Rego.Builtins;
using Cove.Rego.Values;

namespace Cove.Rego.Evaluation;

/// <summary>A call of a function that the policy defines.</summary>
internal sealed class FunctionNode(Document function, Node[] arguments) : Node
{
    public override RegoValue? Eval(Frame frame)
    {
        var context = frame.Context;
        var from = context.Top;
        foreach (var argument in arguments)
        {
            if (argument.Eval(frame) is not { } value)
            {
                context.Pop(from);
                return null;
            }

            context.Push(value);
        }

        var result = context.Call(function, context.Arguments(from));
        context.Pop(from);
        return result;
    }
}

internal sealed class BuiltinNode(BuiltinDefinition builtin, Node[] arguments, Syntax.Location at) : Node
{
    public override RegoValue? Eval(Frame frame)
    {
        var values = new RegoValue[arguments.Length];
        Span<RegoValue> places = values;
        for (var i = 0; i < places.Length; i++)
        {
            if (arguments[i].Eval(frame) is not { } value) return null;
            places[i] = value;
            frame.Context.ChargeText(value);
        }

        var context = frame.Context;
        if (context.Scope.Mocks is { } mocks && mocks.TryGetValue(builtin.Name, out var mock)) return context.CallMock(builtin.Name, mock, values);
        return builtin.Invoke(context, values, at);
    }
}

internal sealed class Builtin1Node(BuiltinDefinition builtin, Node argument, Syntax.Location at) : Node
{
    private readonly Func<EvaluationContext, RegoValue, RegoValue?> _body = builtin.One!;

    public override RegoValue? Eval(Frame frame)
    {
        if (argument.Eval(frame) is not { } value) return null;
        var context = frame.Context;
        if (context.Scope.Mocks is { } mocks && mocks.TryGetValue(builtin.Name, out var mock)) return context.CallMock(builtin.Name, mock, [value]);
        context.ChargeText(value);
        var result = _body(context, value);
        if (result is null) context.BuiltinFailed(builtin.Name, at);
        return result;
    }
}

internal sealed class Builtin2Node(BuiltinDefinition builtin, Node left, Node right, Syntax.Location at) : Node
{
    private readonly Func<EvaluationContext, RegoValue, RegoValue, RegoValue?> _body = builtin.Two!;

    public override RegoValue? Eval(Frame frame)
    {
        if (left.Eval(frame) is not { } a || right.Eval(frame) is not { } b) return null;
        var context = frame.Context;
        if (context.Scope.Mocks is { } mocks && mocks.TryGetValue(builtin.Name, out var mock)) return context.CallMock(builtin.Name, mock, [a, b]);
        context.ChargeText(a);
        context.ChargeText(b);
        var result = _body(context, a, b);
        if (result is null) context.BuiltinFailed(builtin.Name, at);
        return result;
    }
}
