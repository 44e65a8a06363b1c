namespace Cove.Rego.Values;

/// <summary>A Rego string: bytes, normally UTF-8.</summary>
public sealed class RegoString : RegoValue
{
    private int _hash;

    internal RegoString(string text)
        : base(RegoKind.String) => Text = text;

    /// <summary>The text as UTF-16, with bytes that are not UTF-8 replaced by U+FFFD.</summary>
    public string Value => ByteText.Display(Text);

    /// <summary>The text in the engine's form; see <see cref="ByteText"/>.</summary>
    internal string Text { get; }

    internal static RegoString Empty { get; } = new("");

    internal override long Weight => 1 + (Text.Length >> 4);

    internal override int Hash()
    {
        if (_hash != 0) return _hash;
        var hash = Text.GetHashCode(StringComparison.Ordinal);
        return _hash = hash == 0 ? 1 : hash;
    }

    private protected override bool EqualsSameKind(RegoValue other)
    {
        return HasTextOf((RegoString)other);
    }

    internal bool HasTextOf(RegoString other) =>
        Text.Length == other.Text.Length && (_hash == other._hash || _hash == 0 || other._hash == 0) && string.Equals(Text, other.Text);
}
