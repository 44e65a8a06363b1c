namespace Cove.Formats.Cbor;

/// <summary>
/// A CBOR data item (RFC 8949), in the part that COSE needs: integers, byte and text strings, arrays, maps, tags, true, false and
/// null. Items of other types, indefinite lengths and lengths that are not written in the shortest form are refused.
/// </summary>
public abstract record CborValue
{
    private CborValue()
    {
    }

    /// <summary>An integer of 64 bits with sign.</summary>
    public sealed record Integer(long Value) : CborValue;

    /// <summary>A byte string.</summary>
    public sealed record Bytes(ReadOnlyMemory<byte> Value) : CborValue
    {
        /// <inheritdoc/>
        public bool Equals(Bytes? other) => other is not null && Value.Span.SequenceEqual(other.Value.Span);

        /// <inheritdoc/>
        public override int GetHashCode()
        {
            var hash = default(HashCode);
            hash.AddBytes(Value.Span);
            return hash.ToHashCode();
        }
    }

    /// <summary>A text string.</summary>
    public sealed record Text(string Value) : CborValue;

    /// <summary>An array.</summary>
    public sealed record Array(IReadOnlyList<CborValue> Items) : CborValue
    {
        /// <inheritdoc/>
        public bool Equals(Array? other) => other is not null && Items.SequenceEqual(other.Items);

        /// <inheritdoc/>
        public override int GetHashCode() => Items.Count;
    }

    /// <summary>A map whose keys are integers or text strings. No key occurs twice.</summary>
    public sealed record Map(IReadOnlyList<KeyValuePair<CborValue, CborValue>> Entries) : CborValue
    {
        /// <summary>The value of an integer key, or null.</summary>
        public CborValue? this[long key] => Find(new Integer(key));

        /// <summary>The value of a text key, or null.</summary>
        public CborValue? this[string key] => Find(new Text(key));

        /// <inheritdoc/>
        public bool Equals(Map? other) => other is not null && Entries.SequenceEqual(other.Entries);

        /// <inheritdoc/>
        public override int GetHashCode() => Entries.Count;

        private CborValue? Find(CborValue key)
        {
            foreach (var entry in Entries)
            {
                if (entry.Key.Equals(key)) return entry.Value;
            }

            return null;
        }
    }

    /// <summary>A tagged item.</summary>
    public sealed record Tagged(ulong Tag, CborValue Content) : CborValue;

    /// <summary>True or false.</summary>
    public sealed record Boolean(bool Value) : CborValue;

    /// <summary>Null.</summary>
    public sealed record Null : CborValue;

    /// <summary>Decodes exactly one item.</summary>
    /// <param name="data">The bytes; byte strings of the result refer to them.</param>
    /// <param name="format">What is being read, for the error.</param>
    /// <exception cref="Cove.Outcomes.MalformedException">It is not one such item, something follows it, or it is over the limits of <see cref="CborLimits"/>.</exception>
    public static CborValue Decode(ReadOnlyMemory<byte> data, string format) => new CborDecoder(data, format).DecodeAll();

    /// <summary>Encodes with shortest lengths, maps in the order they have.</summary>
    public byte[] Encode()
    {
        var encoder = new CborEncoder();
        encoder.Write(this);
        return encoder.ToArray();
    }
}
