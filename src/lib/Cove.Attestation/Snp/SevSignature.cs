namespace Cove.Attestation.Snp;

/// <summary>An ECDSA P-384 signature as AMD's firmware writes it: r and s little-endian, each zero-extended to 72 bytes, 512 bytes in all.</summary>
internal static class SevSignature
{
    /// <summary>Bytes of the whole field.</summary>
    public const int Size = 512;

    /// <summary>Bytes of a P-384 scalar.</summary>
    public const int ScalarSize = 48;

    /// <summary>Bytes that each half takes up.</summary>
    public const int ScalarSlot = 72;

    /// <summary>The signature as <c>r || s</c>, both big-endian (IEEE P1363), as .NET takes it. What lies beyond the scalars is for the caller to check.</summary>
    public static byte[] ToP1363(ReadOnlySpan<byte> field)
    {
        var signature = new byte[2 * ScalarSize];
        Reverse(field[..ScalarSize], signature);
        Reverse(field.Slice(ScalarSlot, ScalarSize), signature.AsSpan(ScalarSize));
        return signature;
    }

    /// <summary>Writes a signature into its field, whose other bytes must be zero.</summary>
    public static void Write(ReadOnlySpan<byte> p1363, Span<byte> field)
    {
        Reverse(p1363[..ScalarSize], field);
        Reverse(p1363[ScalarSize..], field[ScalarSlot..]);
    }

    private static void Reverse(ReadOnlySpan<byte> from, Span<byte> to)
    {
        var copied = to[..from.Length];
        from.CopyTo(copied);
        copied.Reverse();
    }
}
