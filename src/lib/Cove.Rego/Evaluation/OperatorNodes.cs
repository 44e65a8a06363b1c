using Cove.Rego.Builtins;
using Cove.Rego.Values;

namespace Cove.Rego.Evaluation;

/// <summary>Operators that are worth a node of their own.</summary>
internal static class OperatorNodes
{
    public static Node? For(BuiltinDefinition builtin, Node[] arguments) => builtin.Name switch
    {
        "lt" => new CompareNode(builtin, arguments[0], arguments[1], less: true, equal: false, greater: false),
        "lte" => new CompareNode(builtin, arguments[0], arguments[1], less: true, equal: true, greater: false),
        "gt" => new CompareNode(builtin, arguments[0], arguments[1], less: false, equal: false, greater: true),
        "gte" => new CompareNode(builtin, arguments[0], arguments[1], less: false, equal: true, greater: true),
        _ => null,
    };
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
