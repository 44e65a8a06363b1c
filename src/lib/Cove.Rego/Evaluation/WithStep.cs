using System.Runtime.CompilerServices;
using Cove.Rego.Values;

namespace Cove.Rego.Evaluation;

/// <summary>One replacement of a "with".</summary>
/// <param name="Input">True for input, false for data; unused for functions.</param>
/// <param name="Path">The path below input or data.</param>
/// <param name="Value">The new value.</param>
/// <param name="Function">The function replaced (a document, or a builtin's name), or null.</param>
/// <param name="Mock">What replaces a function when that is a function.</param>
internal sealed record Replacement(bool Input, RegoValue[] Path, Node? Value, object? Function, FunctionMock? Mock);

/// <summary>Runs expressions under replaced input, data or functions, and the rest of the body under the scope from before.</summary>
internal sealed class WithStep(Replacement[] replacements, int scopeSlot, Block inner) : Step
{
    public override Status Run(Frame frame)
    {
        var context = frame.Context;
        var values = new RegoValue?[replacements.Length];
        for (var i = 0; i < values.Length; i++)
        {
            if (replacements[i].Value is not { } node) continue;
            if (node.Eval(frame) is not { } value) return Status.Fail;
            values[i] = value;
        }

        RuntimeHelpers.EnsureSufficientExecutionStack();
        var scope = context.Fork();
        for (var i = 0; i < values.Length; i++) Apply(context, scope, replacements[i], values[i]);
        var outer = context.Enter(scope);
        frame.Builders[scopeSlot] = outer;
        var stop = inner.Run(frame);
        context.Enter(outer);
        return stop ? Status.Stop : Status.Fail;
    }

    private static void Apply(EvaluationContext context, Scope scope, Replacement replacement, RegoValue? value)
    {
        if (replacement.Function is { } function)
        {
            scope.Mocks = scope.Mocks is null ? [] : new Dictionary<object, FunctionMock>(scope.Mocks);
            scope.Mocks[function] = replacement.Mock ?? new FunctionMock(null, null, value);
        }
        else if (replacement.Input)
        {
            scope.Input = EvaluationContext.Replace(scope.Input, replacement.Path, value!);
        }
        else
        {
            context.ReplaceData(scope, replacement.Path, value!);
        }
    }
}

/// <summary>The end of the expressions under a "with": the rest runs in the scope from before.</summary>
internal sealed class LeaveScopeStep(int scopeSlot, Block rest) : Step
{
    public override Status Run(Frame frame)
    {
        var context = frame.Context;
        var outer = (Scope)frame.Builders[scopeSlot]!;
        var inner = context.Enter(outer);
        var stop = rest.Run(frame);
        context.Enter(inner);
        frame.Builders[scopeSlot] = outer;
        return stop ? Status.Stop : Status.Fail;
    }
}
