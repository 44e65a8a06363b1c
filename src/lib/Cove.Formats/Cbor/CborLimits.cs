namespace Cove.Formats.Cbor;

/// <summary>How much CBOR is read.</summary>
public static class CborLimits
{
    /// <summary>Most bytes.</summary>
    public const int Size = 1024 * 1024;

    /// <summary>Most items, counting every element, key and value.</summary>
    public const int Items = 10_000;

    /// <summary>Deepest nesting of arrays, maps and tags.</summary>
    public const int Depth = 16;
}
