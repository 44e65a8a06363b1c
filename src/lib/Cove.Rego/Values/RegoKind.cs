namespace Cove.Rego.Values;

/// <summary>The seven kinds of Rego value, in the order in which values of different kinds compare.</summary>
public enum RegoKind : byte
{
    /// <summary>The null value.</summary>
    Null,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>An exact number.</summary>
    Number,

    /// <summary>A string of bytes, normally UTF-8.</summary>
    String,

    /// <summary>An ordered list.</summary>
    Array,

    /// <summary>A map from any value to any value.</summary>
    Object,

    /// <summary>A set of distinct values.</summary>
    Set,
}
