using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Cove.Rego.Values;

/// <summary>
/// An immutable Rego value. Values are totally ordered (null, boolean, number, string, array, object, set), equality is mathematical for numbers
/// (1 equals 1.0) and structural for the rest. "Undefined" is not a value: where something may be undefined the engine uses a null reference.
/// </summary>
public abstract class RegoValue : IEquatable<RegoValue>, IComparable<RegoValue>
{
    private protected RegoValue(RegoKind kind) => Kind = kind;

    /// <summary>The null value.</summary>
    public static RegoValue Null { get; } = new RegoNull();

    /// <summary>The value true.</summary>
    public static RegoValue True { get; } = new RegoBoolean(true);

    /// <summary>The value false.</summary>
    public static RegoValue False { get; } = new RegoBoolean(false);

    /// <summary>What kind of value this is.</summary>
    public RegoKind Kind { get; }

    /// <summary>True unless this is the boolean false: what a body's expression needs in order to hold.</summary>
    internal bool IsTruthy => !ReferenceEquals(this, False);

    /// <summary>The boolean value.</summary>
    public static RegoValue Of(bool value) => value ? True : False;

    /// <summary>A number that is a 64-bit integer.</summary>
    public static RegoValue Of(long value) => RegoNumber.FromInt64(value);

    /// <summary>A number that is an integer of any size.</summary>
    public static RegoValue Of(BigInteger value) => RegoNumber.FromBigInteger(value);

    /// <summary>A string. Unpaired surrogates become U+FFFD.</summary>
    public static RegoValue Of(string value) => new RegoString(ByteText.Sanitize(value));

    /// <summary>Reads one JSON document: numbers keep their text, the last of duplicate keys wins.</summary>
    /// <param name="utf8">The document; at most <see cref="JsonValueReader.MaxDepth"/> levels deep.</param>
    /// <exception cref="RegoJsonException">The text is not one JSON document.</exception>
    public static RegoValue FromJson(ReadOnlySpan<byte> utf8) => JsonValueReader.Read(utf8);

    /// <summary>Reads one JSON document from text.</summary>
    /// <exception cref="RegoJsonException">The text is not one JSON document.</exception>
    public static RegoValue FromJson(string json) => JsonValueReader.Read(Encoding.UTF8.GetBytes(json));

    /// <summary>Reads the first document of a YAML text, as <c>yaml.unmarshal</c> does in policies.</summary>
    /// <exception cref="FormatException">The text is not YAML, or holds what JSON cannot.</exception>
    public static RegoValue FromYaml(string yaml) => Builtins.YamlReader.Read(yaml);

    /// <summary>Writes compact JSON: object keys sorted, sets as sorted arrays, keys that are not strings as their JSON text.</summary>
    public void WriteJson(IBufferWriter<byte> output)
    {
        var text = ToJson();
        var span = output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        output.Advance(Encoding.UTF8.GetBytes(text, span));
    }

    /// <summary>Compact JSON: object keys sorted, sets as sorted arrays, keys that are not strings as their JSON text.</summary>
    /// <exception cref="RegoEvaluationException">The value has so many parts, counted as often as they are seen, that no text can hold them.</exception>
    public string ToJson()
    {
        if (Kind >= RegoKind.Array && Weight > MaxWritten) throw RegoEvaluationException.Limit($"a value of more than {MaxWritten} parts is written");
        var builder = new StringBuilder();
        ValueWriter.Json(builder, this);
        return builder.ToString();
    }

    /// <summary>The value as a Rego term, for instance <c>{1, "a"}</c> for a set.</summary>
    public override string ToString()
    {
        var builder = new StringBuilder();
        ValueWriter.Rego(builder, this);
        return builder.ToString();
    }

    /// <inheritdoc />
    public int CompareTo(RegoValue? other) => other is null ? 1 : ValueOrder.Compare(this, other);

    /// <inheritdoc />
    public bool Equals([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] RegoValue? other) => other is not null && AreEqual(this, other);

    /// <inheritdoc />
    public sealed override bool Equals(object? obj) => obj is RegoValue other && AreEqual(this, other);

    /// <inheritdoc />
    public sealed override int GetHashCode() => Hash();

    /// <summary>True when the values are equal.</summary>
    public static bool operator ==(RegoValue? left, RegoValue? right) =>
        ReferenceEquals(left, right) || (left is not null && right is not null && AreEqual(left, right));

    /// <summary>True when the values differ.</summary>
    public static bool operator !=(RegoValue? left, RegoValue? right) => !(left == right);

    /// <summary>True when the left value sorts before the right.</summary>
    public static bool operator <(RegoValue left, RegoValue right) => left.CompareTo(right) < 0;

    /// <summary>True when the left value sorts before or with the right.</summary>
    public static bool operator <=(RegoValue left, RegoValue right) => left.CompareTo(right) <= 0;

    /// <summary>True when the left value sorts after the right.</summary>
    public static bool operator >(RegoValue left, RegoValue right) => left.CompareTo(right) > 0;

    /// <summary>True when the left value sorts after or with the right.</summary>
    public static bool operator >=(RegoValue left, RegoValue right) => left.CompareTo(right) >= 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool AreEqual(RegoValue a, RegoValue b) => ReferenceEquals(a, b) || (a.Kind == b.Kind && a.EqualsSameKind(b));

    internal abstract int Hash();

    /// <summary>
    /// How many values there are in this one, counted as often as they are seen. A value may hold another in two places, so that a few steps make one of
    /// more parts than can ever be gone through: work that goes through all of them asks first.
    /// </summary>
    internal virtual long Weight => 1;

    /// <summary>Refuses to compare two values that cannot be gone through.</summary>
    /// <exception cref="RegoEvaluationException">Both are too large.</exception>
    internal static void CheckComparable(RegoValue a, RegoValue b)
    {
        if (a.Weight > MaxCompared && b.Weight > MaxCompared) throw RegoEvaluationException.Limit($"two values of more than {MaxCompared} parts are compared");
    }

    private const long MaxWritten = 100_000_000;

    private const long MaxCompared = 20_000_000;

    private protected const long MaxWeight = long.MaxValue / 4;

    /// <summary>Equality with a value of the same kind that is not the same object.</summary>
    private protected abstract bool EqualsSameKind(RegoValue other);
}

internal sealed class RegoNull() : RegoValue(RegoKind.Null)
{
    internal override int Hash() => 0x5bd1e995;

    private protected override bool EqualsSameKind(RegoValue other) => true;
}

internal sealed class RegoBoolean(bool value) : RegoValue(RegoKind.Boolean)
{
    internal bool Value { get; } = value;

    internal override int Hash() => Value ? 0x1b873593 : 0x2c1b3c6d;

    private protected override bool EqualsSameKind(RegoValue other) => Value == ((RegoBoolean)other).Value;
}
