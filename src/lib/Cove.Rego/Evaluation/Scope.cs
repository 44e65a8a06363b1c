using Cove.Rego.Values;

namespace Cove.Rego.Evaluation;

/// <summary>What "with" can change: input, data and functions, and everything that was computed under them.</summary>
internal sealed class Scope(RegoValue?[] values)
{
    public RegoValue? Input;
    public RegoValue? Data;

    /// <summary>The values of documents by index; null is "not yet".</summary>
    public readonly RegoValue?[] Values = values;

    public CallMemo? Memo;

    /// <summary>How often documents were asked for one key, by index.</summary>
    public Dictionary<int, int>? KeysAsked;

    /// <summary>Documents that "with" replaces, with their values.</summary>
    public Dictionary<Document, RegoValue>? Overrides;

    /// <summary>Functions that "with" replaces: by document or by builtin name.</summary>
    public Dictionary<object, FunctionMock>? Mocks;
}

/// <summary>What a function is replaced by: another function or a value.</summary>
internal sealed record FunctionMock(Document? Document, Builtins.BuiltinDefinition? Builtin, RegoValue? Value);
