using System.Globalization;
using System.Text.Json;

namespace Cove.Attestation.Claims;

/// <summary>The value of a claim: a string, an integer, a boolean, a JSON object, or several of these. Equal by value.</summary>
public abstract record ClaimValue
{
    private ClaimValue()
    {
    }

    /// <summary>A string.</summary>
    public sealed record Text(string Value) : ClaimValue
    {
        /// <inheritdoc/>
        public override string ToString() => Value;
    }

    /// <summary>A 64-bit integer.</summary>
    public sealed record Integer(long Value) : ClaimValue
    {
        /// <inheritdoc/>
        public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A truth value.</summary>
    public sealed record Boolean(bool Value) : ClaimValue
    {
        /// <inheritdoc/>
        public override string ToString() => Value ? "true" : "false";
    }

    /// <summary>A JSON object, shown as it is; equal as JSON values are.</summary>
    public sealed record Json(JsonElement Value) : ClaimValue
    {
        /// <inheritdoc/>
        public bool Equals(Json? other) => other is not null && JsonElement.DeepEquals(Value, other.Value);

        /// <inheritdoc/>
        public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Value.ValueKind.ToString());

        /// <inheritdoc/>
        public override string ToString() => Value.GetRawText();
    }

    /// <summary>Several values, as a policy issues them under one name.</summary>
    public sealed record Several(IReadOnlyList<ClaimValue> Values) : ClaimValue
    {
        /// <inheritdoc/>
        public bool Equals(Several? other) => other is not null && Values.SequenceEqual(other.Values);

        /// <inheritdoc/>
        public override int GetHashCode() => Values.Count;

        /// <inheritdoc/>
        public override string ToString() => string.Join(", ", Values);
    }

    /// <summary>A string.</summary>
    public static implicit operator ClaimValue(string value) => new Text(value);

    /// <summary>An integer.</summary>
    public static implicit operator ClaimValue(long value) => new Integer(value);

    /// <summary>A truth value.</summary>
    public static implicit operator ClaimValue(bool value) => new Boolean(value);

    /// <summary>A JSON object.</summary>
    public static implicit operator ClaimValue(JsonElement value) => new Json(value);

    /// <summary>Writes the value.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        switch (this)
        {
            case Text text: writer.WriteStringValue(text.Value); break;
            case Integer integer: writer.WriteNumberValue(integer.Value); break;
            case Boolean boolean: writer.WriteBooleanValue(boolean.Value); break;
            case Json json: json.Value.WriteTo(writer); break;
            case Several several:
                writer.WriteStartArray();
                foreach (var value in several.Values) value.WriteTo(writer);
                writer.WriteEndArray();
                break;
        }
    }
}
