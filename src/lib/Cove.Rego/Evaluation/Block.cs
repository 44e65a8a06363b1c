using System.Runtime.CompilerServices;

namespace Cove.Rego.Evaluation;

/// <summary>Steps in order. A step that finds several solutions is the last of its block and holds the rest of the body as a block of its own.</summary>
internal sealed class Block
{
    private Step[] _steps = [];

    public void Set(List<Step> steps) => _steps = [.. steps];

    public ReadOnlySpan<Step> Steps => _steps;

    /// <summary>Runs the steps; true when the search is over.</summary>
    public bool Run(Frame frame)
    {
        frame.Context.CountStep();
        foreach (var step in _steps)
        {
            switch (step.Run(frame))
            {
                case Status.Fail: return false;
                case Status.Stop: return true;
            }
        }

        return false;
    }
}

internal abstract class Step
{
    public abstract Status Run(Frame frame);
}

/// <summary>Holds when the value is defined and not false.</summary>
internal sealed class TestStep(Node node) : Step
{
    public Node Node { get; } = node;

    public override Status Run(Frame frame) => Node.Eval(frame) is { } value && value.IsTruthy ? Status.Next : Status.Fail;
}

internal sealed class AssignStep(int slot, Node node) : Step
{
    public int Slot { get; } = slot;

    public Node Node { get; } = node;

    public override Status Run(Frame frame) => (frame.Locals[Slot].Value = Node.Eval(frame)) is null ? Status.Fail : Status.Next;
}

/// <summary>Holds when the two values are defined and equal.</summary>
internal sealed class EqualStep(Node left, Node right) : Step
{
    public Node Left { get; } = left;

    public Node Right { get; } = right;

    public override Status Run(Frame frame)
    {
        if (Left.Eval(frame) is not { } a || Right.Eval(frame) is not { } b) return Status.Fail;
        if (ReferenceEquals(a, b)) return Status.Next;
        if (a.Kind != b.Kind) return Status.Fail;
        if (a.Kind >= Values.RegoKind.Array) frame.Context.ChargeComparison(a, b);
        return Values.RegoValue.AreEqual(a, b) ? Status.Next : Status.Fail;
    }
}

/// <summary>Holds when the value is defined, whatever it is.</summary>
internal sealed class DefinedStep(Node node) : Step
{
    public override Status Run(Frame frame) => node.Eval(frame) is null ? Status.Fail : Status.Next;
}

internal sealed class FailStep : Step
{
    public override Status Run(Frame frame) => Status.Fail;
}

/// <summary>Ends an existential search: one solution is enough.</summary>
internal sealed class FoundStep : Step
{
    public override Status Run(Frame frame) => Status.Stop;
}

internal sealed class NotStep(Block block) : Step
{
    public override Status Run(Frame frame) => block.Run(frame) ? Status.Fail : Status.Next;
}

internal sealed class NotTestStep(Node node) : Step
{
    public override Status Run(Frame frame) => node.Eval(frame) is { } value && value.IsTruthy ? Status.Fail : Status.Next;
}

/// <summary>Holds when one block or (or: and) the other finds a solution.</summary>
internal sealed class LogicalStep(Block left, Block right, bool isOr) : Step
{
    public override Status Run(Frame frame) =>
        (isOr ? left.Run(frame) || right.Run(frame) : left.Run(frame) && right.Run(frame)) ? Status.Next : Status.Fail;
}

/// <summary>Runs the rest of a body once: a point where the body continues elsewhere.</summary>
internal sealed class ContinueStep(Block rest) : Step
{
    public override Status Run(Frame frame)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return rest.Run(frame) ? Status.Stop : Status.Fail;
    }
}
