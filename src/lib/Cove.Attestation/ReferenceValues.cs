namespace Cove.Attestation;

/// <summary>
/// The values that an appraisal accepts for one field. Nothing is accepted unless it was said: the default is <see cref="None"/>.
/// </summary>
public sealed class ReferenceValues
{
    private readonly bool _any;
    private readonly IReadOnlyList<byte[]> _values;

    private ReferenceValues(bool any, IReadOnlyList<byte[]> values)
    {
        _any = any;
        _values = values;
    }

    /// <summary>No value is accepted.</summary>
    public static ReferenceValues None { get; } = new(any: false, []);

    /// <summary>Every value is accepted: the field says nothing to this relying party.</summary>
    public static ReferenceValues Any { get; } = new(any: true, []);

    /// <summary>Exactly these values are accepted.</summary>
    public static ReferenceValues Of(params IEnumerable<ReadOnlyMemory<byte>> values) => new(any: false, [.. values.Select(value => value.ToArray())]);

    /// <summary>Whether this value is one of them, all its bytes.</summary>
    public bool Accept(ReadOnlySpan<byte> value)
    {
        if (_any) return true;
        foreach (var accepted in _values)
        {
            if (value.SequenceEqual(accepted)) return true;
        }

        return false;
    }

    /// <summary>The accepted values in hex, or <c>any</c>, or <c>none</c>.</summary>
    public override string ToString() => _any ? "any" : _values.Count == 0 ? "none (no reference value was given)" : string.Join(" or ", _values.Select(Convert.ToHexStringLower));
}
