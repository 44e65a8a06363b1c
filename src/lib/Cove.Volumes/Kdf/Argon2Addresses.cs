namespace Cove.Volumes.Kdf;

/// <summary>The references of a segment that do not depend on the data (RFC 9106 section 3.4.1.1).</summary>
internal sealed class Argon2Addresses(int pass, int lane, int slice, int blocks, int passes, int type)
{
    private const int Words = 128;

    private readonly ulong[] input = [(ulong)pass, (ulong)lane, (ulong)slice, (ulong)blocks, (ulong)passes, (ulong)type, .. new ulong[Words - 6]];
    private readonly ulong[] addresses = new ulong[Words];

    /// <summary>The two 32-bit numbers of a block of the segment. Asked for in rising order.</summary>
    public ulong At(int index)
    {
        if (index % Words == 0 || input[6] == 0) Next();
        return addresses[index % Words];
    }

    private void Next()
    {
        input[6]++;
        Span<ulong> scratch = stackalloc ulong[Words];
        var zero = new ulong[Words];
        var once = new ulong[Words];
        Argon2Memory.Compress(zero, input, once, scratch, over: false);
        Argon2Memory.Compress(zero, once, addresses, scratch, over: false);
    }
}
