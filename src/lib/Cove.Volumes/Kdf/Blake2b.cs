using System.Buffers.Binary;
using System.Numerics;

namespace Cove.Volumes.Kdf;

/// <summary>BLAKE2b without a key (RFC 7693), and the long hash that Argon2 builds on it (RFC 9106 section 3.3).</summary>
internal ref struct Blake2b
{
    public const int MaximumLength = 64;
    private const int BlockLength = 128;
    private const int Rounds = 12;

    private static readonly ulong[] Initial =
    [
        0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
        0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
    ];

    private static readonly byte[] Schedule =
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3,
        11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4,
        7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8,
        9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13,
        2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9,
        12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11,
        13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10,
        6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5,
        10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0,
    ];

    private readonly Span<ulong> state;
    private readonly Span<byte> block;
    private readonly int length;
    private ulong total;
    private int filled;

    /// <param name="length">Bytes of the hash, 1 to 64.</param>
    /// <param name="state">Room for eight words.</param>
    /// <param name="block">Room for 128 bytes.</param>
    private Blake2b(int length, Span<ulong> state, Span<byte> block)
    {
        this.length = length;
        this.state = state;
        this.block = block;
        Initial.CopyTo(state);
        state[0] ^= 0x01010000UL ^ (uint)length;
    }

    /// <summary>The hash of these parts, one after another, as long as the output.</summary>
    public static void Hash(Span<byte> output, params ReadOnlySpan<byte[]> parts)
    {
        Span<ulong> state = stackalloc ulong[8];
        Span<byte> block = stackalloc byte[BlockLength];
        var hash = new Blake2b(output.Length, state, block);
        foreach (var part in parts) hash.Add(part);
        hash.Finish(output);
        block.Clear();
    }

    /// <summary>H′ of RFC 9106: a hash of any length.</summary>
    public static void LongHash(Span<byte> output, ReadOnlySpan<byte> input)
    {
        var prefix = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(prefix, output.Length);
        var bytes = input.ToArray();
        if (output.Length <= MaximumLength)
        {
            Hash(output, prefix, bytes);
            bytes.AsSpan().Clear();
            return;
        }

        var link = new byte[MaximumLength];
        Hash(link, prefix, bytes);
        bytes.AsSpan().Clear();
        var at = 0;
        while (true)
        {
            link.AsSpan(0, MaximumLength / 2).CopyTo(output[at..]);
            at += MaximumLength / 2;
            var left = output.Length - at;
            if (left <= MaximumLength)
            {
                Hash(output[at..], link);
                link.AsSpan().Clear();
                return;
            }

            var next = new byte[MaximumLength];
            Hash(next, link);
            link = next;
        }
    }

    private void Add(ReadOnlySpan<byte> data)
    {
        while (data.Length > 0)
        {
            if (filled == BlockLength)
            {
                Compress(last: false);
                filled = 0;
            }

            var take = Math.Min(BlockLength - filled, data.Length);
            data[..take].CopyTo(block[filled..]);
            filled += take;
            total += (ulong)take;
            data = data[take..];
        }
    }

    private void Finish(Span<byte> output)
    {
        block[filled..].Clear();
        Compress(last: true);
        Span<byte> whole = stackalloc byte[MaximumLength];
        for (var i = 0; i < 8; i++) BinaryPrimitives.WriteUInt64LittleEndian(whole[(i * 8)..], state[i]);
        whole[..length].CopyTo(output);
    }

    private readonly void Compress(bool last)
    {
        Span<ulong> m = stackalloc ulong[16];
        for (var i = 0; i < 16; i++) m[i] = BinaryPrimitives.ReadUInt64LittleEndian(block[(i * 8)..]);
        Span<ulong> v = stackalloc ulong[16];
        state.CopyTo(v);
        Initial.CopyTo(v[8..]);
        v[12] ^= total;
        if (last) v[14] = ~v[14];
        for (var round = 0; round < Rounds; round++)
        {
            var s = Schedule.AsSpan(round % 10 * 16, 16);
            for (var i = 0; i < 4; i++) Mix(v, i, i + 4, i + 8, i + 12, m[s[2 * i]], m[s[(2 * i) + 1]]);
            for (var i = 0; i < 4; i++)
                Mix(v, i, ((i + 1) & 3) + 4, ((i + 2) & 3) + 8, ((i + 3) & 3) + 12, m[s[8 + (2 * i)]], m[s[9 + (2 * i)]]);
        }

        for (var i = 0; i < 8; i++) state[i] ^= v[i] ^ v[i + 8];
    }

    private static void Mix(Span<ulong> v, int a, int b, int c, int d, ulong x, ulong y)
    {
        v[a] += v[b] + x;
        v[d] = BitOperations.RotateRight(v[d] ^ v[a], 32);
        v[c] += v[d];
        v[b] = BitOperations.RotateRight(v[b] ^ v[c], 24);
        v[a] += v[b] + y;
        v[d] = BitOperations.RotateRight(v[d] ^ v[a], 16);
        v[c] += v[d];
        v[b] = BitOperations.RotateRight(v[b] ^ v[c], 63);
    }
}
