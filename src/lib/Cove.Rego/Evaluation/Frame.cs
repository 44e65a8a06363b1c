using Cove.Rego.Values;

namespace Cove.Rego.Evaluation;

/// <summary>A place for a value. A struct of its own: storing into an array of a class that others derive from asks for the array's type each time.</summary>
internal struct Cell
{
    public RegoValue? Value;
}

/// <summary>The locals of one running body. Slots are resolved when the policy is compiled; a closure uses the slots of the body it stands in.</summary>
internal sealed class Frame(EvaluationContext context, int slots, int builders)
{
    public readonly Cell[] Locals = new Cell[slots];
    public readonly object?[] Builders = builders == 0 ? [] : new object?[builders];
    public readonly EvaluationContext Context = context;

    /// <summary>The value that a complete rule or function has found so far.</summary>
    public RegoValue? Result;

    /// <summary>What collects the members or entries of a partial rule.</summary>
    public object? Output;
}
