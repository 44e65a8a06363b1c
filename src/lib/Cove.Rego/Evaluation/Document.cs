using Cove.Rego.Analysis;
using Cove.Rego.Values;

namespace Cove.Rego.Evaluation;

internal enum DocumentKind : byte
{
    /// <summary>Only documents below, over the base document.</summary>
    Package,
    Complete,
    Function,
    Set,

    /// <summary>Rules with variables in their reference, perhaps with documents below too.</summary>
    Object,
}

/// <summary>A virtual document: a node of the rule tree ready to be evaluated. Its rules are planned when it is first needed.</summary>
internal sealed class Document
{
    private readonly CompiledProgram _program;
    private volatile DocumentPlan? _plan;
    private volatile KeyedPlan? _keyed;

    public Document(CompiledProgram program, RuleNode node, Document? parent)
    {
        _program = program;
        Node = node;
        Parent = parent;
        Path = parent is null ? [] : [.. parent.Path, node.Key];
        Cursor = new DocumentCursor(this);
        Kind = KindOf(node);
    }

    public RuleNode Node { get; }

    public Document? Parent { get; }

    public int Index => Node.Index;

    public DocumentKind Kind { get; }

    /// <summary>The keys from "data" to here.</summary>
    public RegoValue[] Path { get; }

    public DocumentCursor Cursor { get; }

    public Dictionary<RegoValue, Document> Children { get; } = [];

    /// <summary>True when the document is a value as a whole rather than a place with documents below.</summary>
    public bool IsLeaf => Kind is DocumentKind.Complete or DocumentKind.Function or DocumentKind.Set;

    /// <summary>Whether its rules give members or entries one by one.</summary>
    public bool IsPartial => Kind is DocumentKind.Set or DocumentKind.Object;

    /// <summary>What <see cref="FunctionCost"/> found for this function; 0 before it looked.</summary>
    public int Cost { get; set; }

    /// <summary>How one key is found; without rules where that takes the whole document.</summary>
    public KeyedPlan Keyed => _keyed ??= _program.PlanKeyed(this);

    public DocumentPlan Plan => _plan ??= _program.PlanDocument(this);

    private static DocumentKind KindOf(RuleNode node)
    {
        if (!node.HasRules) return DocumentKind.Package;
        if (node.IsFunction) return DocumentKind.Function;
        if (node.HasVariables) return DocumentKind.Object;
        return node.IsMulti ? DocumentKind.Set : DocumentKind.Complete;
    }
}

/// <summary>The rules of a document as they run.</summary>
/// <param name="Rules">In order of source; defaults are not among them.</param>
/// <param name="Default">The value when no rule gives one.</param>
/// <param name="Index">Picks the rules that can hold, where that pays.</param>
/// <param name="SameConstant">All rules give one and the same constant, so the first success decides.</param>
/// <param name="Memoize">A function whose results are worth keeping as a whole; a <see cref="RememberStep"/> keeps those of others from a place on.</param>
internal sealed record DocumentPlan(CompiledRule[] Rules, CompiledRule? Default, RuleIndex? Index, bool SameConstant, bool Memoize);

/// <summary>One definition.</summary>
internal sealed class CompiledRule(int id, Block body, int slots, int builders, Syntax.Location location)
{
    public Syntax.Location Location { get; } = location;

    public int Id { get; } = id;

    public Block Body { get; } = body;

    public int Slots { get; } = slots;

    public int Builders { get; } = builders;

    public CompiledRule? Else { get; set; }
}
