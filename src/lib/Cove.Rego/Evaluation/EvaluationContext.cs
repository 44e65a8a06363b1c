using System.Runtime.CompilerServices;
using Cove.Rego.Values;

namespace Cove.Rego.Evaluation;

/// <summary>One running evaluation: its documents, caches and limits. Used by one thread at a time, and again once done.</summary>
internal sealed partial class EvaluationContext(CompiledProgram program, Tracing.Tracer? tracer = null)
{
    private static readonly RegoValue Undefined = new DocumentCursor(document: null!);

    /// <summary>The host's own part of the base document: there when asked for by name, hidden from those who list.</summary>
    private static readonly RegoString HostPart = new("system");

    private readonly List<int> _touched = [];
    private Frame?[] _frames = [];
    private Cell[] _stack = new Cell[32];
    private int _top;
    private Scope _root = null!;

    public CompiledProgram Program { get; } = program;

    /// <summary>Who is told what happens; only plans of a traced program do.</summary>
    public Tracing.Tracer? Tracer { get; } = tracer;

    public Scope Scope { get; private set; } = null!;

    public RegoValue? Input => Scope.Input;

    public RegoValue? Data => Scope.Data;

    public bool HasMocks => Scope.Mocks is not null;

    public void Begin(RegoValue? input, RegoValue? data, EvaluationOptions options)
    {
        _root ??= new Scope(new RegoValue?[Program.Documents.Length]);
        _root.Input = input;
        _root.Data = data;
        Scope = _root;
        _top = 0;
        BeginLimits(options);
    }

    /// <summary>Forgets everything of this evaluation, so that the next can use the same memory.</summary>
    public void End()
    {
        foreach (var index in _touched) _root.Values[index] = null;
        _touched.Clear();
        _root.Memo?.Clear();
        _root.KeysAsked?.Clear();
        _root.Input = _root.Data = null;
        _indexes?.Clear();
        Array.Clear(_stack);
        EndLimits();
    }

    /// <summary>Where the next argument of a call goes.</summary>
    public int Top => _top;

    public void Push(RegoValue argument)
    {
        if (_top == _stack.Length) Array.Resize(ref _stack, _top * 2);
        _stack[_top++].Value = argument;
    }

    /// <summary>Takes all arguments from a place on away again.</summary>
    public void Pop(int from) => _top = from;

    /// <summary>The arguments from a place on. Those of a call stay as they are until it has ended, wherever the stack grows to.</summary>
    public ReadOnlySpan<Cell> Arguments(int from) => _stack.AsSpan(from, _top - from);

    public Frame Rent(CompiledRule rule)
    {
        if (rule.Id >= _frames.Length) Array.Resize(ref _frames, Math.Max(rule.Id + 16, _frames.Length * 2));
        if (_frames[rule.Id] is { } frame)
        {
            _frames[rule.Id] = null;
            frame.Result = null;
            return frame;
        }

        return new Frame(this, rule.Slots, rule.Builders);
    }

    public void Return(CompiledRule rule, Frame frame)
    {
        Array.Clear(frame.Locals);
        frame.Output = null;
        _frames[rule.Id] = frame;
    }

    /// <summary>The value of a document, from the cache or evaluated now; null when undefined.</summary>
    public RegoValue? ValueOf(Document document)
    {
        var scope = Scope;
        if (scope.Overrides is not null && TryOverride(scope, document, out var replaced)) return replaced;
        ref var cached = ref scope.Values[document.Index];
        if (cached is not null) return ReferenceEquals(cached, Undefined) ? null : cached;
        var value = Compute(document);
        scope.Values[document.Index] = value ?? Undefined;
        if (ReferenceEquals(scope, _root)) _touched.Add(document.Index);
        return value;
    }

    private RegoValue? Compute(Document document)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        CountStep();
        switch (document.Kind)
        {
            case DocumentKind.Complete: return EvalRules(document, document.Plan, []);
            case DocumentKind.Set: return EvalSet(document);
            case DocumentKind.Function: return null;
            default: return EvalObject(document);
        }
    }

    /// <summary>A complete rule or a function: all rules that hold must agree.</summary>
    private RegoValue? EvalRules(Document document, DocumentPlan plan, ReadOnlySpan<Cell> arguments)
    {
        RegoValue? result = null;
        if (plan.Index is { } index)
        {
            foreach (var at in index.Candidates(this, arguments))
            {
                if (!Agree(plan.Rules[at], arguments, ref result, document)) continue;
                if (plan.SameConstant) return result;
            }
        }
        else
        {
            foreach (var rule in plan.Rules)
            {
                if (!Agree(rule, arguments, ref result, document)) continue;
                if (plan.SameConstant) return result;
            }
        }

        return result ?? (plan.Default is { } otherwise ? RunChain(otherwise, arguments) : null);
    }

    private bool Agree(CompiledRule rule, ReadOnlySpan<Cell> arguments, ref RegoValue? result, Document document)
    {
        if (RunChain(rule, arguments) is not { } value) return false;
        if (result is null) result = value;
        else if (!RegoValue.AreEqual(result, value)) throw EmitValueStep.Conflict(document.Kind == DocumentKind.Function, rule.Location);
        return true;
    }

    private RegoValue? RunChain(CompiledRule rule, ReadOnlySpan<Cell> arguments)
    {
        for (var part = rule; part is not null; part = part.Else)
        {
            var frame = Rent(part);
            for (var i = 0; i < arguments.Length; i++) frame.Locals[i] = arguments[i];
            part.Body.Run(frame);
            var value = frame.Result;
            Return(part, frame);
            if (value is not null) return value;
        }

        return null;
    }

    private RegoSet EvalSet(Document document)
    {
        var members = new SetBuilder();
        RunAll(document, members);
        return members.Build();
    }

    private void RunAll(Document document, object output)
    {
        var plan = document.Plan;
        if (plan.Index is { } index)
        {
            foreach (var at in index.Candidates(this, [])) RunPartial(plan.Rules[at], output);
            return;
        }

        foreach (var rule in plan.Rules) RunPartial(rule, output);
    }

    private void RunPartial(CompiledRule rule, object output)
    {
        var frame = Rent(rule);
        frame.Output = output;
        rule.Body.Run(frame);
        Return(rule, frame);
    }

    /// <summary>A package or partial object: rules with variables, documents below, and the base document under them all.</summary>
    private RegoValue EvalObject(Document document)
    {
        if (BaseAt(document) is { } fact and not RegoObject && document.Kind == DocumentKind.Package) return fact;
        var collected = new PartialObject();
        if (document.Kind == DocumentKind.Object)
        {
            RunAll(document, collected);
            CheckOverlap(collected, document);
        }

        var built = collected.Build();
        if (document.Children.Count == 0 && BaseAt(document) is not RegoObject) return built;
        var result = new ObjectBuilder(built.Count + document.Children.Count);
        for (var i = 0; i < built.Count; i++) result.Set(built.RawKey(i), built.RawValue(i));
        foreach (var (key, child) in document.Children)
        {
            if (child.Kind == DocumentKind.Function || ValueOf(child) is not { } value) continue;
            result.Set(key, result.Find(key) is { } other ? Merge(value, other) : value);
        }

        if (BaseAt(document) is RegoObject facts)
        {
            for (var i = 0; i < facts.Count; i++)
            {
                var key = facts.RawKey(i);
                if (document.Parent is null && key is RegoString { Text: "system" }) continue;
                result.Set(key, result.Find(key) is { } under ? Merge(facts.RawValue(i), under) : facts.RawValue(i));
            }
        }

        return result.Build();
    }

    /// <summary>Entries that rules with variables made and documents below must not give one place two values, nor one a value inside the other's.</summary>
    private void CheckOverlap(PartialObject collected, Document document)
    {
        foreach (var (key, child) in document.Children)
        {
            if (child.Kind == DocumentKind.Function) continue;
            if (collected.Leaf(key) is { } leaf)
            {
                if (ValueOf(child) is { } value && (child.Kind != DocumentKind.Complete || !RegoValue.AreEqual(value, leaf))) throw PartialObject.Conflict();
            }
            else if (collected.Inner(key) is { } inner)
            {
                if (child.Kind is DocumentKind.Package or DocumentKind.Object) CheckOverlap(inner, child);
                else if (ValueOf(child) is not null) throw PartialObject.Conflict();
            }
        }
    }

    /// <summary>Two objects become one, deep, as do two sets; in everything else the first wins.</summary>
    private static RegoValue Merge(RegoValue over, RegoValue under)
    {
        if (over is RegoSet members && under is RegoSet others) return Builtins.SetBuiltins.Unite(members, others);
        if (over is not RegoObject a || under is not RegoObject b) return over;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var result = new ObjectBuilder(a.Count + b.Count);
        for (var i = 0; i < a.Count; i++) result.Set(a.RawKey(i), a.RawValue(i));
        for (var i = 0; i < b.Count; i++)
            result.Set(b.RawKey(i), result.Find(b.RawKey(i)) is { } value ? Merge(value, b.RawValue(i)) : b.RawValue(i));
        return result.Build();
    }

    private RegoValue? BaseAt(Document document) => Lookup.Path(Scope.Data, document.Path);

    /// <summary>One step from a place among documents.</summary>
    public RegoValue? Step(DocumentCursor cursor, RegoValue key)
    {
        var document = cursor.Document;
        if (Scope.Overrides is not null && TryOverride(Scope, document, out var replaced)) return replaced is null ? null : Lookup.Step(replaced, key);
        if (document.Kind == DocumentKind.Object) return ValueAt(document, key);
        if (document.Children.TryGetValue(key, out var child)) return child.Kind == DocumentKind.Package ? child.Cursor : ValueOf(child);
        return BaseAt(document) is { } facts ? Lookup.BaseStep(facts, key) : null;
    }

    /// <summary>All steps from a place among documents.</summary>
    public List<(RegoValue Key, RegoValue Value)> Steps(DocumentCursor cursor)
    {
        var document = cursor.Document;
        var keys = new SortedSet<RegoValue>(ValueOrder.Comparer);
        if (Scope.Overrides is not null && TryOverride(Scope, document, out var replaced)) AddKeys(keys, replaced);
        else if (document.Kind == DocumentKind.Object) AddKeys(keys, ValueOf(document));
        else
        {
            AddKeys(keys, BaseAt(document));
            if (document.Parent is null) keys.Remove(HostPart);
            foreach (var child in document.Children.Values)
                if (child.Kind != DocumentKind.Function) keys.Add(child.Node.Key);
        }

        var steps = new List<(RegoValue, RegoValue)>(keys.Count);
        foreach (var key in keys)
            if (Step(cursor, key) is { } value) steps.Add((key, value));
        return steps;
    }

    private static void AddKeys(SortedSet<RegoValue> keys, RegoValue? value)
    {
        switch (value)
        {
            case RegoObject obj:
                for (var i = 0; i < obj.Count; i++) keys.Add(obj.RawKey(i));
                break;
            case RegoArray array:
                for (var i = 0; i < array.Count; i++) keys.Add(RegoNumber.FromInt64(i));
                break;
            case RegoSet set:
                foreach (var member in set.Unordered) keys.Add(member);
                break;
        }
    }
}
