using Cove.Rego.Values;

namespace Cove.Rego.Evaluation;

/// <summary>What "with" can change: input, data and functions, and everything that was computed under them.</summary>
internal sealed class Scope(RegoValue?[] values)
{
    public RegoValue? Input;
    public RegoValue? Data;

    /// <summary>The values of documents by index; null is "not yet".</summary>
    public readonly RegoValue?[] Values = values;

    public Dictionary<MemoKey, RegoValue?>? Memo;

    /// <summary>How often documents were asked for one key, by index.</summary>
    public Dictionary<int, int>? KeysAsked;

    /// <summary>Documents that "with" replaces, with their values.</summary>
    public Dictionary<Document, RegoValue>? Overrides;

    /// <summary>Functions that "with" replaces: by document or by builtin name.</summary>
    public Dictionary<object, FunctionMock>? Mocks;
}

/// <summary>What a function is replaced by: another function or a value.</summary>
internal sealed record FunctionMock(Document? Document, Builtins.BuiltinDefinition? Builtin, RegoValue? Value);

/// <summary>One call of a function.</summary>
internal readonly struct MemoKey(Document function, RegoValue[] arguments) : IEquatable<MemoKey>
{
    private readonly Document _function = function;
    private readonly RegoValue[] _arguments = arguments;

    public bool Equals(MemoKey other)
    {
        if (_function != other._function) return false;
        for (var i = 0; i < _arguments.Length; i++)
        {
            // 1 and 1.0 are equal but may be told apart by their text, so they are different calls.
            if (ReferenceEquals(_arguments[i], other._arguments[i])) continue;
            if (!RegoValue.AreEqual(_arguments[i], other._arguments[i])) return false;
            if (_arguments[i] is RegoNumber a && a.Text != ((RegoNumber)other._arguments[i]).Text) return false;
        }

        return true;
    }

    public override bool Equals(object? obj) => obj is MemoKey other && Equals(other);

    public override int GetHashCode()
    {
        var hash = _function.Index;
        foreach (var argument in _arguments) hash = unchecked((hash * 31) + argument.Hash());
        return hash;
    }
}
