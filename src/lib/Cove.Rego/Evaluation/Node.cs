using Cove.Rego.Values;

namespace Cove.Rego.Evaluation;

/// <summary>Something that has a value, or is undefined (null), once the variables it needs are bound.</summary>
internal abstract class Node
{
    public abstract RegoValue? Eval(Frame frame);
}

internal sealed class ConstantNode(RegoValue value) : Node
{
    public RegoValue Value { get; } = value;

    public override RegoValue? Eval(Frame frame) => Value;
}

internal sealed class LocalNode(int slot) : Node
{
    public int Slot { get; } = slot;

    public override RegoValue? Eval(Frame frame) => frame.Locals[Slot].Value;
}

internal sealed class UndefinedNode : Node
{
    public override RegoValue? Eval(Frame frame) => null;
}

internal sealed class ArrayNode(Node[] items) : Node
{
    public override RegoValue? Eval(Frame frame)
    {
        var values = new RegoValue[items.Length];
        Span<RegoValue> places = values;
        for (var i = 0; i < items.Length; i++)
        {
            if (items[i].Eval(frame) is not { } value) return null;
            places[i] = value;
        }

        return new RegoArray(values);
    }
}

internal sealed class SetNode(Node[] items) : Node
{
    public override RegoValue? Eval(Frame frame)
    {
        var builder = new SetBuilder(items.Length);
        foreach (var item in items)
        {
            if (item.Eval(frame) is not { } value) return null;
            builder.Add(value);
        }

        return builder.Build();
    }
}

internal sealed class ObjectNode(Node[] keys, Node[] values) : Node
{
    public override RegoValue? Eval(Frame frame)
    {
        var builder = new ObjectBuilder(keys.Length);
        for (var i = 0; i < keys.Length; i++)
        {
            if (keys[i].Eval(frame) is not { } key || values[i].Eval(frame) is not { } value) return null;
            builder.Set(key, value);
        }

        return builder.Build();
    }
}

/// <summary>A comprehension: its block ends in a step that adds to the builder.</summary>
internal sealed class ComprehensionNode(Block block, int builder, Syntax.ComprehensionKind kind) : Node
{
    public override RegoValue? Eval(Frame frame)
    {
        switch (kind)
        {
            case Syntax.ComprehensionKind.Array:
                var list = new List<RegoValue>();
                frame.Builders[builder] = list;
                block.Run(frame);
                return list.Count == 0 ? RegoArray.Empty : new RegoArray([.. list]);
            case Syntax.ComprehensionKind.Set:
                var set = new SetBuilder();
                frame.Builders[builder] = set;
                block.Run(frame);
                return set.Build();
            default:
                var obj = new ObjectBuilder();
                frame.Builders[builder] = obj;
                block.Run(frame);
                return obj.Build();
        }
    }
}
