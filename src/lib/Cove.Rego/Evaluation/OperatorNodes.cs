using Cove.Rego.Builtins;
using Cove.Rego.Values;

namespace Cove.Rego.Evaluation;

/// <summary>Operators that are worth a node of their own.</summary>
internal static class OperatorNodes
{
    public static Node? For(BuiltinDefinition builtin, Node[] arguments, Syntax.Location at) => builtin.Name switch
    {
        "lt" => new CompareNode(builtin, arguments[0], arguments[1], less: true, equal: false, greater: false),
        "lte" => new CompareNode(builtin, arguments[0], arguments[1], less: true, equal: true, greater: false),
        "gt" => new CompareNode(builtin, arguments[0], arguments[1], less: false, equal: false, greater: true),
        "gte" => new CompareNode(builtin, arguments[0], arguments[1], less: false, equal: true, greater: true),
        "plus" or "minus" or "mul" => new ArithmeticNode(builtin, arguments[0], arguments[1], at),
        _ => null,
    };
}

/// <summary>Addition, subtraction and multiplication: integers at once, everything else as the builtin has it.</summary>
internal sealed class ArithmeticNode(BuiltinDefinition builtin, Node left, Node right, Syntax.Location at) : Node
{
    private readonly char _operator = builtin.Name[0] == 'p' ? '+' : builtin.Name == "minus" ? '-' : '*';

    public override RegoValue? Eval(Frame frame)
    {
        if (left.Eval(frame) is not { } a || right.Eval(frame) is not { } b) return null;
        var context = frame.Context;
        if (context.Scope.Mocks is { } mocks && mocks.TryGetValue(builtin.Name, out var mock)) return context.CallMock(builtin.Name, mock, [a, b]);
        if (a is RegoNumber x && b is RegoNumber y)
        {
            return context.Charge(_operator switch
            {
                '+' => RegoArithmetic.Add(x, y),
                '-' => RegoArithmetic.Subtract(x, y),
                _ => RegoArithmetic.Multiply(x, y),
            });
        }

        var result = builtin.Two!(context, a, b);
        if (result is null) context.BuiltinFailed(builtin.Name, at);
        return result;
    }
}

internal sealed class CompareNode(BuiltinDefinition builtin, Node left, Node right, bool less, bool equal, bool greater) : Node
{
    public override RegoValue? Eval(Frame frame)
    {
        if (left.Eval(frame) is not { } a || right.Eval(frame) is not { } b) return null;
        if (frame.Context.Scope.Mocks is { } mocks && mocks.TryGetValue(builtin.Name, out var mock)) return frame.Context.CallMock(builtin.Name, mock, [a, b]);
        var order = a is RegoNumber { IsInt64: true } x && b is RegoNumber { IsInt64: true } y ? x.Int64.CompareTo(y.Int64) : ValueOrder.Compare(a, b);
        return RegoValue.Of(order < 0 ? less : order > 0 ? greater : equal);
    }
}
