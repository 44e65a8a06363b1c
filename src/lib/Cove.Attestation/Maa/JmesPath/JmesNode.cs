namespace Cove.Attestation.Maa.JmesPath;

/// <summary>A JMESPath expression. Each node is applied to a current value.</summary>
internal abstract record JmesNode
{
    private JmesNode()
    {
    }

    public sealed record Identity : JmesNode;

    public sealed record Field(string Name) : JmesNode;

    public sealed record Index(long At) : JmesNode;

    public sealed record Slice(long? Start, long? Stop, long Step) : JmesNode;

    public sealed record Literal(object? Value) : JmesNode;

    /// <summary>The right one applied to the result of the left one; ends a projection where it is a pipe.</summary>
    public sealed record Chain(JmesNode Left, JmesNode Right) : JmesNode;

    public sealed record Flatten(JmesNode Of) : JmesNode;

    /// <summary>The right one applied to every element of an array.</summary>
    public sealed record ListProjection(JmesNode Left, JmesNode Right, JmesNode? Filter = null) : JmesNode;

    /// <summary>The right one applied to every value of an object.</summary>
    public sealed record ValueProjection(JmesNode Left, JmesNode Right) : JmesNode;

    public sealed record Compare(JmesNode Left, string Operator, JmesNode Right) : JmesNode;

    public sealed record And(JmesNode Left, JmesNode Right) : JmesNode;

    public sealed record Or(JmesNode Left, JmesNode Right) : JmesNode;

    public sealed record Not(JmesNode Of) : JmesNode;

    public sealed record MultiList(IReadOnlyList<JmesNode> Items) : JmesNode;

    public sealed record MultiHash(IReadOnlyList<KeyValuePair<string, JmesNode>> Items) : JmesNode;

    public sealed record Call(JmesFunction Function, IReadOnlyList<JmesNode> Arguments) : JmesNode;
}
