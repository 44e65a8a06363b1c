namespace Cove.Rego.Evaluation;

/// <summary>
/// Where a function's body begins to cost something: what the rest gave for the same arguments is remembered. The tests before it are cheaper than
/// looking that up.
/// </summary>
internal sealed class RememberStep(Document function, int arity, Block rest) : Step
{
    public override Status Run(Frame frame)
    {
        var memo = frame.Context.Scope.Memo ??= new CallMemo();
        var arguments = frame.Locals.AsSpan(0, arity);
        var hash = CallMemo.Hash(function, arguments);
        if (memo.TryFind(hash, function, arguments, out var known))
        {
            frame.Result = known;
            return Status.Stop;
        }

        rest.Run(frame);
        memo.Add(hash, function, arguments, frame.Result);
        return Status.Stop;
    }
}
