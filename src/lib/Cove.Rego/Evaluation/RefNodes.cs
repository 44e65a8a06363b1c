using Cove.Rego.Values;

namespace Cove.Rego.Evaluation;

/// <summary>Steps into values.</summary>
internal static class Lookup
{
    public static RegoValue? Step(RegoValue value, RegoValue key)
    {
        switch (value.Kind)
        {
            case RegoKind.Object:
                return ((RegoObject)value).Find(key);
            case RegoKind.Array:
                var items = ((RegoArray)value).Items;
                return key is RegoNumber { IsInt64: true } number && (ulong)number.Int64 < (ulong)items.Length ? items[number.Int64] : null;
            case RegoKind.Set:
                return ((RegoSet)value).Find(key);
            default:
                return null;
        }
    }

    public static RegoValue? Path(RegoValue? value, ReadOnlySpan<RegoValue> path)
    {
        foreach (var key in path)
        {
            if (value is null) return null;
            value = Step(value, key);
        }

        return value;
    }

    /// <summary>A place in the base document. Its paths are text, so a number finds the member of that name.</summary>
    public static RegoValue? BasePath(RegoValue? value, ReadOnlySpan<RegoValue> path)
    {
        foreach (var key in path)
        {
            if (value is null) return null;
            value = BaseStep(value, key);
        }

        return value;
    }

    public static RegoValue? BaseStep(RegoValue value, RegoValue key) =>
        Step(value, key) ?? (value is RegoObject obj && key is RegoNumber number ? obj[number.Text] : null);
}

internal sealed class InputNode(RegoValue[] path) : Node
{
    public RegoValue[] Path { get; } = path;

    public override RegoValue? Eval(Frame frame)
    {
        var value = frame.Context.Input;
        foreach (var key in Path)
        {
            if (value is null) return null;
            value = Lookup.Step(value, key);
        }

        return value;
    }
}

/// <summary>A place in the base document where no rules are.</summary>
internal sealed class BaseNode(RegoValue[] path) : Node
{
    public override RegoValue? Eval(Frame frame) => Read(frame.Context);

    public RegoValue? Read(EvaluationContext context) => Lookup.BasePath(context.Data, path);
}

internal sealed class KeyNode(Node of, RegoValue key) : Node
{
    public Node Of { get; } = of;

    public RegoValue Key { get; } = key;

    public override RegoValue? Eval(Frame frame) => Of.Eval(frame) is not { } value ? null
        : value is RegoObject obj ? obj.Find(Key) : Lookup.Step(value, Key);
}

internal sealed class IndexNode(Node of, Node key) : Node
{
    public override RegoValue? Eval(Frame frame) =>
        of.Eval(frame) is { } value && key.Eval(frame) is { } at ? Lookup.Step(value, at) : null;
}

/// <summary>The document of a rule, or the whole of a package, from the cache or evaluated now.</summary>
internal sealed class DocumentNode(Document document) : Node
{
    public Document Document { get; } = document;

    public override RegoValue? Eval(Frame frame) => frame.Context.ValueOf(Document);
}

/// <summary>A place among documents that is only known while evaluating.</summary>
internal sealed class CursorNode(Document document) : Node
{
    private readonly DocumentCursor _cursor = new(document);

    public override RegoValue? Eval(Frame frame) => _cursor;
}

/// <summary>A step from a place that may be among documents.</summary>
internal sealed class CursorIndexNode(Node of, Node key) : Node
{
    public override RegoValue? Eval(Frame frame)
    {
        if (of.Eval(frame) is not { } value || key.Eval(frame) is not { } at) return null;
        return value is DocumentCursor cursor ? frame.Context.Step(cursor, at) : Lookup.Step(value, at);
    }
}

/// <summary>The value at a place that may be among documents.</summary>
internal sealed class CursorValueNode(Node of) : Node
{
    public override RegoValue? Eval(Frame frame) => of.Eval(frame) is DocumentCursor cursor ? frame.Context.ValueOf(cursor.Document) : of.Eval(frame);
}

/// <summary>A document that has not been evaluated: lives only in slots between the steps of a reference.</summary>
internal sealed class DocumentCursor(Document document) : RegoValue(RegoKind.Null)
{
    public Document Document { get; } = document;

    internal override int Hash() => Document.Index;

    private protected override bool EqualsSameKind(RegoValue other) => other is DocumentCursor cursor && cursor.Document == Document;
}
