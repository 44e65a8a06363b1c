using Cove.Rego.Values;

namespace Cove.Rego.Evaluation;

/// <summary>A solution of a complete rule's or function's body: its value must be the same as before.</summary>
internal sealed class EmitValueStep(Node value, bool stopAtFirst, bool isFunction, Syntax.Location at) : Step
{
    public Node Value { get; } = value;

    public override Status Run(Frame frame)
    {
        if (Value.Eval(frame) is not { } found) return Status.Fail;
        if (frame.Result is null) frame.Result = found;
        else if (!RegoValue.AreEqual(frame.Result, found)) throw Conflict(isFunction, at);
        return stopAtFirst ? Status.Stop : Status.Fail;
    }

    public static RegoEvaluationException Conflict(bool isFunction, Syntax.Location at) => RegoEvaluationException.Conflict(isFunction
        ? "functions must not produce multiple outputs for same inputs"
        : "complete rules must not produce multiple outputs", at);
}

/// <summary>A solution of a partial set's body.</summary>
internal sealed class EmitMemberStep(Node member) : Step
{
    public override Status Run(Frame frame)
    {
        if (member.Eval(frame) is { } value) ((SetBuilder)frame.Output!).Add(value);
        return Status.Fail;
    }
}

/// <summary>A solution of a rule with variables in its reference: an entry somewhere below the document.</summary>
internal sealed class EmitEntryStep(Node[] path, Node value, bool isMember) : Step
{
    public override Status Run(Frame frame)
    {
        if (path.Length == 1 && !isMember)
        {
            if (path[0].Eval(frame) is not { } only || value.Eval(frame) is not { } single) return Status.Fail;
            ((PartialObject)frame.Output!).Set(only, single);
            return Status.Fail;
        }

        var keys = new RegoValue[path.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            if (path[i].Eval(frame) is not { } key) return Status.Fail;
            keys[i] = key;
        }

        if (value.Eval(frame) is { } found) ((PartialObject)frame.Output!).Add(keys, found, isMember);
        return Status.Fail;
    }
}

internal sealed class CollectStep(Node value, int builder, Syntax.ComprehensionKind kind, Node? key) : Step
{
    public override Status Run(Frame frame)
    {
        if (value.Eval(frame) is not { } found) return Status.Fail;
        switch (kind)
        {
            case Syntax.ComprehensionKind.Array:
                ((List<RegoValue>)frame.Builders[builder]!).Add(found);
                break;
            case Syntax.ComprehensionKind.Set:
                ((SetBuilder)frame.Builders[builder]!).Add(found);
                break;
            default:
                if (key!.Eval(frame) is { } at && ((ObjectBuilder)frame.Builders[builder]!).TryAdd(at, found) is { } before && !RegoValue.AreEqual(before, found))
                    throw RegoEvaluationException.Conflict("object keys must be unique");
                break;
        }

        return Status.Fail;
    }
}

/// <summary>Hands a solution of a query to its caller.</summary>
internal sealed class SolutionStep(Action<Frame> solution) : Step
{
    public override Status Run(Frame frame)
    {
        ((Action<Frame>?)frame.Output ?? solution)(frame);
        return Status.Fail;
    }
}

/// <summary>A partial object while it is collected: values, sets and objects by key.</summary>
internal sealed class PartialObject
{
    private readonly ObjectBuilder _values = new();
    private Dictionary<RegoValue, object>? _open;

    public void Set(RegoValue key, RegoValue value)
    {
        if (_open?.ContainsKey(key) == true) throw Conflict();
        if (_values.TryAdd(key, value) is { } before && !RegoValue.AreEqual(before, value)) throw Conflict();
    }

    public void Add(ReadOnlySpan<RegoValue> path, RegoValue value, bool isMember)
    {
        if (path.Length == 1 && !isMember)
        {
            Set(path[0], value);
            return;
        }

        _open ??= [];
        if (_values.Find(path[0]) is not null) throw Conflict();
        if (!_open.TryGetValue(path[0], out var inner)) _open[path[0]] = inner = path.Length == 1 ? new SetBuilder() : new PartialObject();
        if (path.Length == 1)
        {
            if (inner is not SetBuilder members) throw Conflict();
            members.Add(value);
            return;
        }

        if (inner is not PartialObject below) throw Conflict();
        below.Add(path[1..], value, isMember);
    }

    /// <summary>The value at a key where an entry ends.</summary>
    public RegoValue? Leaf(RegoValue key) => _values.Find(key);

    /// <summary>The entries below a key where some go on.</summary>
    public PartialObject? Inner(RegoValue key) => _open?.GetValueOrDefault(key) as PartialObject;

    public RegoObject Build()
    {
        if (_open is null) return _values.Build();
        foreach (var (key, inner) in _open)
            _values.Set(key, inner is SetBuilder members ? members.Build() : ((PartialObject)inner).Build());
        return _values.Build();
    }

    public static RegoEvaluationException Conflict() => RegoEvaluationException.Conflict("object keys must be unique");
}
