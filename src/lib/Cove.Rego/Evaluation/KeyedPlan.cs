namespace Cove.Rego.Evaluation;

/// <summary>The rules of a partial document as they run when one of its keys is wanted: the key is known before the body begins.</summary>
/// <param name="Rules">In order of source.</param>
/// <param name="Index">Picks the rules that can have the key, where that pays.</param>
/// <param name="Scans">Whether a body goes through a collection even so: many keys are then cheaper found in the whole document.</param>
internal sealed record KeyedPlan(CompiledRule[] Rules, RuleIndex? Index, bool Scans)
{
    /// <summary>For documents that are always evaluated as a whole.</summary>
    public static KeyedPlan None { get; } = new([], null, false);
}

/// <summary>A member of a partial set, or what a partial object has at a key: evaluated by itself.</summary>
internal sealed class DocumentKeyNode(Document document, Node key) : Node
{
    public override Values.RegoValue? Eval(Frame frame) => key.Eval(frame) is { } at ? frame.Context.ValueAt(document, at) : null;
}
