using System.Numerics;

namespace Cove.Volumes.Kdf;

/// <summary>The memory of one derivation: lanes of blocks of 1 KiB, filled segment by segment (RFC 9106 sections 3.4 to 3.6).</summary>
internal sealed class Argon2Memory
{
    private const int Words = 128;
    private const int Slices = 4;
    private const int Type = 2;

    private readonly ulong[] words;
    private readonly int columns;
    private readonly int passes;
    private readonly int segment;

    public Argon2Memory(int lanes, int columns, int passes)
    {
        (Lanes, this.columns, this.passes, segment) = (lanes, columns, passes, columns / Slices);
        words = GC.AllocateUninitializedArray<ulong>(lanes * columns * Words);
    }

    public int Lanes { get; }

    public Span<ulong> Block(int lane, int column) => words.AsSpan(((lane * columns) + column) * Words, Words);

    public void Clear() => words.AsSpan().Clear();

    /// <summary>The last blocks of all lanes, combined.</summary>
    public ulong[] Last()
    {
        var last = Block(0, columns - 1).ToArray();
        for (var lane = 1; lane < Lanes; lane++) Xor(last, Block(lane, columns - 1));
        return last;
    }

    public void FillSegment(int pass, int slice, int lane)
    {
        // Half of the first pass takes its references from a counter instead of from the data, so that nothing secret shows in what memory is touched.
        var addresses = pass == 0 && slice < Slices / 2 ? new Argon2Addresses(pass, lane, slice, Lanes * columns, passes, Type) : null;
        Span<ulong> scratch = stackalloc ulong[Words];
        for (var index = pass == 0 && slice == 0 ? 2 : 0; index < segment; index++)
        {
            var column = (slice * segment) + index;
            var previous = Block(lane, column == 0 ? columns - 1 : column - 1);
            var random = addresses?.At(index) ?? previous[0];
            var from = pass == 0 && slice == 0 ? lane : (int)((uint)(random >> 32) % (uint)Lanes);
            var reference = Block(from, Reference(pass, slice, index, from == lane, (uint)random));
            Compress(previous, reference, Block(lane, column), scratch, pass > 0);
        }
    }

    private int Reference(int pass, int slice, int index, bool sameLane, uint random)
    {
        var finished = pass == 0 ? slice * segment : columns - segment;
        var area = sameLane ? finished + index - 1 : finished - (index == 0 ? 1 : 0);
        var square = ((ulong)random * random) >> 32;
        var back = ((ulong)area * square) >> 32;
        var start = pass == 0 || slice == Slices - 1 ? 0 : (slice + 1) * segment;
        return (int)(((ulong)start + (ulong)area - 1 - back) % (ulong)columns);
    }

    /// <summary>G of RFC 9106: combines two blocks into the output, over what it held where the memory is passed over again.</summary>
    internal static void Compress(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> output, Span<ulong> scratch, bool over)
    {
        for (var i = 0; i < Words; i++) scratch[i] = x[i] ^ y[i];
        if (over) Xor(output, scratch);
        else scratch.CopyTo(output);
        for (var row = 0; row < 8; row++) Permute(scratch.Slice(row * 16, 16), 2);
        for (var column = 0; column < 8; column++) Permute(scratch[(column * 2)..], 16);
        Xor(output, scratch);
    }

    /// <summary>P of RFC 9106 over eight pairs of words that lie this far apart.</summary>
    private static void Permute(Span<ulong> w, int apart)
    {
        int At(int i) => (i / 2 * apart) + (i & 1);
        Span<ulong> v = stackalloc ulong[16];
        for (var i = 0; i < 16; i++) v[i] = w[At(i)];
        for (var i = 0; i < 4; i++) Mix(ref v[i], ref v[i + 4], ref v[i + 8], ref v[i + 12]);
        for (var i = 0; i < 4; i++) Mix(ref v[i], ref v[((i + 1) & 3) + 4], ref v[((i + 2) & 3) + 8], ref v[((i + 3) & 3) + 12]);
        for (var i = 0; i < 16; i++) w[At(i)] = v[i];
    }

    private static void Mix(ref ulong a, ref ulong b, ref ulong c, ref ulong d)
    {
        a = Add(a, b);
        d = BitOperations.RotateRight(d ^ a, 32);
        c = Add(c, d);
        b = BitOperations.RotateRight(b ^ c, 24);
        a = Add(a, b);
        d = BitOperations.RotateRight(d ^ a, 16);
        c = Add(c, d);
        b = BitOperations.RotateRight(b ^ c, 63);
    }

    private static ulong Add(ulong a, ulong b) => a + b + (2UL * (uint)a * (uint)b);

    private static void Xor(Span<ulong> into, ReadOnlySpan<ulong> from)
    {
        for (var i = 0; i < Words; i++) into[i] ^= from[i];
    }
}
