using System.Runtime.CompilerServices;
using Cove.Rego.Values;

namespace Cove.Rego.Evaluation;

/// <summary>Goes through a collection, binding key and value slots (-1 where nobody asks), and runs the rest of the body for each element.</summary>
internal sealed class ScanStep(Node collection, int keySlot, int valueSlot, Block rest) : Step
{
    private ScanProbe? _probe;

    public override Status Run(Frame frame)
    {
        if (collection.Eval(frame) is not { } value) return Status.Fail;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return value.Kind switch
        {
            RegoKind.Array => ScanArray(frame, ((RegoArray)value).Items),
            RegoKind.Object => ScanObject(frame, (RegoObject)value),
            RegoKind.Set => ScanSet(frame, ((RegoSet)value).Sorted),
            _ => value is DocumentCursor cursor ? ScanDocuments(frame, cursor) : Status.Fail,
        };
    }

    private Status ScanArray(Frame frame, RegoValue[] items)
    {
        if (items.Length >= ScanIndex.WorthIndexing && Probe is { } probe && frame.Context.FindIndex(this, probe, items) is { } index)
            return ScanMatches(frame, items, index, probe);
        for (var i = 0; i < items.Length; i++)
        {
            if (keySlot >= 0) frame.Locals[keySlot].Value = RegoNumber.FromInt64(i);
            if (valueSlot >= 0) frame.Locals[valueSlot].Value = items[i];
            if (rest.Run(frame)) return Status.Stop;
        }

        return Status.Fail;
    }

    /// <summary>What the rest asks of an element first, when that is equality with something that is known before the loop.</summary>
    private ScanProbe? Probe => (_probe ??= ScanProbe.Find(keySlot, valueSlot, rest) ?? ScanProbe.None) is { IsNone: false } probe ? probe : null;

    private Status ScanMatches(Frame frame, RegoValue[] items, ScanIndex index, ScanProbe probe)
    {
        if (probe.Wanted.Eval(frame) is not { } wanted) return Status.Fail;
        foreach (var i in index.Positions(wanted))
        {
            if (keySlot >= 0) frame.Locals[keySlot].Value = RegoNumber.FromInt64(i);
            frame.Locals[valueSlot].Value = items[i];
            if (rest.Run(frame)) return Status.Stop;
        }

        return Status.Fail;
    }

    private Status ScanObject(Frame frame, RegoObject obj)
    {
        for (var i = 0; i < obj.Count; i++)
        {
            if (keySlot >= 0) frame.Locals[keySlot].Value = obj.KeyAt(i);
            if (valueSlot >= 0) frame.Locals[valueSlot].Value = obj.ValueAt(i);
            if (rest.Run(frame)) return Status.Stop;
        }

        return Status.Fail;
    }

    private Status ScanSet(Frame frame, RegoValue[] members)
    {
        foreach (var member in members)
        {
            if (keySlot >= 0) frame.Locals[keySlot].Value = member;
            if (valueSlot >= 0) frame.Locals[valueSlot].Value = member;
            if (rest.Run(frame)) return Status.Stop;
        }

        return Status.Fail;
    }

    private Status ScanDocuments(Frame frame, DocumentCursor cursor)
    {
        foreach (var (key, value) in frame.Context.Steps(cursor))
        {
            if (keySlot >= 0) frame.Locals[keySlot].Value = key;
            if (valueSlot >= 0) frame.Locals[valueSlot].Value = value;
            if (rest.Run(frame)) return Status.Stop;
        }

        return Status.Fail;
    }
}

/// <summary>Holds when the block finds a solution for every element of an array, object or set.</summary>
internal sealed class EveryStep(Node domain, int keySlot, int valueSlot, Block block) : Step
{
    public override Status Run(Frame frame)
    {
        var value = domain.Eval(frame);
        switch (value)
        {
            case RegoArray array:
                for (var i = 0; i < array.Items.Length; i++)
                    if (!Holds(frame, keySlot >= 0 ? RegoNumber.FromInt64(i) : null, array.Items[i])) return Status.Fail;
                return Status.Next;
            case RegoObject obj:
                for (var i = 0; i < obj.Count; i++)
                    if (!Holds(frame, obj.KeyAt(i), obj.ValueAt(i))) return Status.Fail;
                return Status.Next;
            case RegoSet set:
                foreach (var member in set.Sorted)
                    if (!Holds(frame, member, member)) return Status.Fail;
                return Status.Next;
            default:
                return Status.Fail;
        }
    }

    private bool Holds(Frame frame, RegoValue? key, RegoValue value)
    {
        if (keySlot >= 0) frame.Locals[keySlot].Value = key;
        if (valueSlot >= 0) frame.Locals[valueSlot].Value = value;
        return block.Run(frame);
    }
}

/// <summary>Takes an array of a fixed length apart.</summary>
internal sealed class ArrayShapeStep(Node node, int slot, int length) : Step
{
    public override Status Run(Frame frame)
    {
        if (node.Eval(frame) is not RegoArray array || array.Items.Length != length) return Status.Fail;
        frame.Locals[slot].Value = array;
        return Status.Next;
    }
}

/// <summary>Takes an object with exactly these many entries; the keys are looked up afterwards.</summary>
internal sealed class ObjectShapeStep(Node node, int slot, int count) : Step
{
    public override Status Run(Frame frame)
    {
        if (node.Eval(frame) is not RegoObject obj || obj.Count != count) return Status.Fail;
        frame.Locals[slot].Value = obj;
        return Status.Next;
    }
}

/// <summary>The relation builtin "walk": path and value of everything in a value, outermost first.</summary>
internal sealed class WalkStep(Node node, int pathSlot, int valueSlot, Block rest) : Step
{
    public override Status Run(Frame frame)
    {
        if (node.Eval(frame) is not { } value) return Status.Fail;
        return Walk(frame, value, pathSlot >= 0 ? [] : null) ? Status.Stop : Status.Fail;
    }

    private bool Walk(Frame frame, RegoValue value, List<RegoValue>? path)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (path is not null) frame.Locals[pathSlot].Value = path.Count == 0 ? RegoArray.Empty : new RegoArray([.. path]);
        if (valueSlot >= 0) frame.Locals[valueSlot].Value = value;
        if (rest.Run(frame)) return true;
        switch (value)
        {
            case RegoArray array:
                for (var i = 0; i < array.Items.Length; i++)
                    if (Below(frame, path is null ? RegoValue.Null : RegoNumber.FromInt64(i), array.Items[i], path)) return true;
                return false;
            case RegoObject obj:
                for (var i = 0; i < obj.Count; i++)
                    if (Below(frame, obj.KeyAt(i), obj.ValueAt(i), path)) return true;
                return false;
            case RegoSet set:
                foreach (var member in set.Sorted)
                    if (Below(frame, member, member, path)) return true;
                return false;
            default:
                return false;
        }
    }

    private bool Below(Frame frame, RegoValue key, RegoValue value, List<RegoValue>? path)
    {
        path?.Add(key);
        var stop = Walk(frame, value, path);
        path?.RemoveAt(path.Count - 1);
        return stop;
    }
}
