using Cove.Rego.Analysis;
using Cove.Rego.Syntax;

namespace Cove.Rego.Linking;

/// <summary>What an image says of one document: enough to check modules against it. Its rules and its type are read when first asked for.</summary>
internal sealed class LinkedNode(RegoImage image)
{
    private List<Rule>? rules;
    private RegoType? type;

    public bool HasRules { get; init; }

    public bool HasVariables { get; init; }

    public bool IsMulti { get; init; }

    /// <summary>The arity of a function; -1 for other documents.</summary>
    public int Arity { get; init; } = -1;

    /// <summary>Where its type and rules are in the image.</summary>
    public int Place { get; init; }

    /// <summary>Where its rules and those they use lead out of the image.</summary>
    public IReadOnlyList<RefTerm> Outward { get; init; } = [];

    // Threads that come here together must agree on one list: rules are told apart by identity.
    public List<Rule> Rules => rules ?? Interlocked.CompareExchange(ref rules, image.ReadRules(this), null) ?? rules;

    public RegoType? Type => HasRules ? type ??= image.ReadType(this) : null;
}
