using Cove.Rego.Evaluation;
using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego.Tracing;

/// <summary>An expression of a definition, as the traced form of a policy watches it.</summary>
/// <param name="Rule">The definition.</param>
/// <param name="Expr">The expression.</param>
/// <param name="Order">Its position in the definition's body; -1 for one inside a closure.</param>
/// <param name="Names">What is bound when it is reached and plays a part in it: the names that users know, and where the values are.</param>
internal sealed record TracePoint(Rule Rule, Expr Expr, int Order, IReadOnlyList<TraceName> Names);

/// <summary>A name and the slot of its value.</summary>
internal sealed record TraceName(string Name, int Slot);

/// <summary>How far a definition got, the furthest over all its evaluations.</summary>
internal sealed record Furthest(TracePoint Point, RegoValue?[] Values);

/// <summary>Tells the tracer that an expression is about to be evaluated.</summary>
internal sealed class ReachedStep(TracePoint point) : Step
{
    public override Status Run(Frame frame)
    {
        frame.Context.Tracer?.Reached(point, frame);
        return Status.Next;
    }
}

/// <summary>Tells the tracer that a definition's body holds.</summary>
internal sealed class HeldStep(Rule rule) : Step
{
    public override Status Run(Frame frame)
    {
        frame.Context.Tracer?.Held(rule);
        return Status.Next;
    }
}
