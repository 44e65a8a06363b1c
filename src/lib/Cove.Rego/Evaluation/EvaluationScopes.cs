using Cove.Rego.Values;

namespace Cove.Rego.Evaluation;

internal sealed partial class EvaluationContext
{
    /// <summary>Makes a scope like the current one, with nothing computed yet.</summary>
    public Scope Fork() => new(new RegoValue?[Program.Documents.Length])
    {
        Input = Scope.Input,
        Data = Scope.Data,
        Overrides = Scope.Overrides,
        Mocks = Scope.Mocks,
    };

    /// <summary>Changes the scope; the answer is the one before.</summary>
    public Scope Enter(Scope scope)
    {
        var before = Scope;
        Scope = scope;
        return before;
    }

    /// <summary>Replaces part of a value; missing parents are made, and parents that are not objects give way.</summary>
    public static RegoValue Replace(RegoValue? target, ReadOnlySpan<RegoValue> path, RegoValue value)
    {
        if (path.Length == 0) return value;
        var result = new ObjectBuilder();
        if (target is RegoObject obj)
            for (var i = 0; i < obj.Count; i++) result.Set(obj.RawKey(i), obj.RawValue(i));
        result.Set(path[0], Replace(result.Find(path[0]), path[1..], value));
        return result.Build();
    }

    /// <summary>Replaces data below a path, in the base document and in the virtual ones.</summary>
    public void ReplaceData(Scope scope, RegoValue[] path, RegoValue value)
    {
        scope.Data = Replace(scope.Data, path, value);
        if (Program.Find(path) is not { } document) return;
        scope.Overrides = scope.Overrides is null ? [] : new Dictionary<Document, RegoValue>(scope.Overrides);
        foreach (var below in scope.Overrides.Keys.Where(d => IsBelow(d, document)).ToList()) scope.Overrides.Remove(below);
        scope.Overrides[document] = value;
    }

    private static bool IsBelow(Document document, Document ancestor)
    {
        for (var at = document; at is not null; at = at.Parent)
            if (at == ancestor) return true;
        return false;
    }

    private static bool TryOverride(Scope scope, Document document, out RegoValue? value)
    {
        for (var at = document; at is not null; at = at.Parent)
        {
            if (!scope.Overrides!.TryGetValue(at, out var replaced)) continue;
            value = Lookup.Path(replaced, document.Path.AsSpan(at.Path.Length));
            return true;
        }

        value = null;
        return false;
    }

    /// <summary>Calls a function; an argument that is undefined has been dealt with by the caller.</summary>
    public RegoValue? Call(Document function, ReadOnlySpan<Cell> arguments)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        CountStep();
        var scope = Scope;
        if (scope.Mocks is { } mocks && mocks.TryGetValue(function, out var mock)) return CallMock(function, mock, ToArray(arguments));
        var plan = function.Plan;
        if (!plan.Memoize) return EvalRules(function, plan, arguments);
        var memo = scope.Memo ??= new CallMemo();
        var hash = CallMemo.Hash(function, arguments);
        if (memo.TryFind(hash, function, arguments, out var known)) return known;
        var value = EvalRules(function, plan, arguments);
        memo.Add(hash, function, arguments, value);
        return value;
    }

    private static RegoValue[] ToArray(ReadOnlySpan<Cell> arguments)
    {
        var values = new RegoValue[arguments.Length];
        for (var i = 0; i < values.Length; i++) values[i] = arguments[i].Value!;
        return values;
    }

    public RegoValue? CallMock(object target, FunctionMock mock, RegoValue[] arguments)
    {
        if (mock.Value is not null) return mock.Value;
        // Inside its replacement a function is itself again.
        var inner = Fork();
        inner.Mocks = new Dictionary<object, FunctionMock>(inner.Mocks!);
        inner.Mocks.Remove(target);
        var outer = Enter(inner);
        var result = mock.Document is { } document ? Call(document, Array.ConvertAll(arguments, static value => new Cell { Value = value })) : mock.Builtin!.Invoke(this, arguments);
        Enter(outer);
        return result;
    }
}
