using Cove.Rego.Values;

namespace Cove.Rego.Evaluation;

/// <summary>What calls of functions, and keys of partial documents, gave before in the same scope. Keeps its memory from one evaluation to the next.</summary>
internal sealed class CallMemo
{
    private const int Smallest = 32;
    // A table that one evaluation made larger than this is not kept for the next.
    private const int LargestKept = 4096;
    private int[] _buckets = new int[Smallest * 2];
    private Entry[] _entries = new Entry[Smallest];
    private Cell[] _arguments = new Cell[Smallest * 2];
    private int _count;
    private int _stored;

    public static int Hash(Document function, ReadOnlySpan<Cell> arguments)
    {
        var hash = function.Index;
        foreach (var argument in arguments) hash = unchecked((hash * 31) + argument.Value!.Hash());
        return hash ^ (int)((uint)hash >> 15);
    }

    /// <summary>True, with what the call gave (null is undefined), when it was made before.</summary>
    public bool TryFind(int hash, Document function, ReadOnlySpan<Cell> arguments, out RegoValue? value)
    {
        for (var at = _buckets[hash & (_buckets.Length - 1)] - 1; at >= 0; at = _entries[at].Next)
        {
            ref var entry = ref _entries[at];
            if (entry.Hash != hash || !ReferenceEquals(entry.Function, function) || !AreSame(_arguments.AsSpan(entry.Start, arguments.Length), arguments)) continue;
            value = entry.Value;
            return true;
        }

        value = null;
        return false;
    }

    public void Add(int hash, Document function, ReadOnlySpan<Cell> arguments, RegoValue? value)
    {
        if (_count == _entries.Length) Grow();
        if (_stored + arguments.Length > _arguments.Length) Array.Resize(ref _arguments, _arguments.Length * 2 + arguments.Length);
        arguments.CopyTo(_arguments.AsSpan(_stored));
        ref var bucket = ref _buckets[hash & (_buckets.Length - 1)];
        _entries[_count] = new Entry { Hash = hash, Next = bucket - 1, Start = _stored, Function = function, Value = value };
        _stored += arguments.Length;
        bucket = ++_count;
    }

    public void Clear()
    {
        if (_count == 0) return;
        if (_count > LargestKept)
        {
            (_buckets, _entries, _arguments) = (new int[Smallest * 2], new Entry[Smallest], new Cell[Smallest * 2]);
        }
        else
        {
            Array.Clear(_buckets);
            Array.Clear(_entries, 0, _count);
            Array.Clear(_arguments, 0, _stored);
        }

        (_count, _stored) = (0, 0);
    }

    private void Grow()
    {
        Array.Resize(ref _entries, _count * 2);
        _buckets = new int[_entries.Length * 2];
        for (var i = 0; i < _count; i++)
        {
            ref var bucket = ref _buckets[_entries[i].Hash & (_buckets.Length - 1)];
            _entries[i].Next = bucket - 1;
            bucket = i + 1;
        }
    }

    private static bool AreSame(ReadOnlySpan<Cell> known, ReadOnlySpan<Cell> asked)
    {
        for (var i = 0; i < asked.Length; i++)
        {
            var (a, b) = (known[i].Value!, asked[i].Value!);
            if (ReferenceEquals(a, b)) continue;
            // 1 and 1.0 are equal but may be told apart by their text, so they are different calls.
            if (!RegoValue.AreEqual(a, b) || (a is RegoNumber number && number.Text != ((RegoNumber)b).Text)) return false;
        }

        return true;
    }

    private struct Entry
    {
        public int Hash;
        public int Next;
        public int Start;
        public Document Function;
        public RegoValue? Value;
    }
}
