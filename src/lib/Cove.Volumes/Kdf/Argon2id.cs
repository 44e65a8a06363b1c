using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Cove.Volumes.Kdf;

/// <summary>Argon2id, version 0x13 (RFC 9106): the memory-hard key derivation of LUKS2 key slots. .NET has none, nor has OpenSSL before 3.2.</summary>
public static class Argon2id
{
    /// <summary>Most memory that is taken, in KiB: what cryptsetup uses at most by default, 1 GiB.</summary>
    public const int MaximumMemory = 1024 * 1024;

    /// <summary>Most passes over the memory.</summary>
    public const int MaximumPasses = 1024;

    /// <summary>Most lanes.</summary>
    public const int MaximumLanes = 16;

    private const int Slices = 4;
    private const int Type = 2;
    private const int Version = 0x13;
    private const int SeedLength = 64;

    /// <summary>Derives a key.</summary>
    /// <param name="password">The secret.</param>
    /// <param name="salt">At least 8 bytes.</param>
    /// <param name="passes">Passes over the memory, 1 to <see cref="MaximumPasses"/>.</param>
    /// <param name="memory">KiB of memory, 8 times the lanes to <see cref="MaximumMemory"/>.</param>
    /// <param name="lanes">Parallel lanes, 1 to <see cref="MaximumLanes"/>.</param>
    /// <param name="output">Filled with the key; at least 4 bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is outside its limits.</exception>
    public static void Derive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int passes, int memory, int lanes, Span<byte> output)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(passes is >= 1 and <= MaximumPasses, true, nameof(passes));
        ArgumentOutOfRangeException.ThrowIfNotEqual(lanes is >= 1 and <= MaximumLanes, true, nameof(lanes));
        ArgumentOutOfRangeException.ThrowIfNotEqual(memory >= 8 * lanes && memory <= MaximumMemory, true, nameof(memory));
        ArgumentOutOfRangeException.ThrowIfLessThan(salt.Length, 8, nameof(salt));
        ArgumentOutOfRangeException.ThrowIfLessThan(output.Length, 4, nameof(output));
        var fill = new Argon2Memory(lanes, memory / (Slices * lanes) * Slices, passes);
        try
        {
            Start(fill, Seed(password, salt, passes, memory, lanes, output.Length));
            for (var pass = 0; pass < passes; pass++)
            {
                for (var slice = 0; slice < Slices; slice++)
                {
                    var (p, s) = (pass, slice);
                    if (lanes == 1) fill.FillSegment(p, s, 0);
                    else Parallel.For(0, lanes, lane => fill.FillSegment(p, s, lane));
                }
            }

            Blake2b.LongHash(output, MemoryMarshal.AsBytes(fill.Last().AsSpan()));
        }
        finally
        {
            fill.Clear();
        }
    }

    private static byte[] Seed(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int passes, int memory, int lanes, int length)
    {
        var numbers = new byte[28];
        int[] values = [lanes, length, memory, passes, Version, Type, password.Length];
        for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteInt32LittleEndian(numbers.AsSpan(i * 4), values[i]);
        var saltLength = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(saltLength, salt.Length);
        var secret = password.ToArray();
        var seed = new byte[SeedLength + 8];

        // Neither a second secret nor associated data: both lengths are zero.
        Blake2b.Hash(seed.AsSpan(0, SeedLength), numbers, secret, saltLength, salt.ToArray(), new byte[8]);
        CryptographicOperations.ZeroMemory(secret);
        return seed;
    }

    private static void Start(Argon2Memory memory, byte[] seed)
    {
        for (var lane = 0; lane < memory.Lanes; lane++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(seed.AsSpan(SeedLength + 4), lane);
            for (var column = 0; column < 2; column++)
            {
                BinaryPrimitives.WriteInt32LittleEndian(seed.AsSpan(SeedLength), column);
                Blake2b.LongHash(MemoryMarshal.AsBytes(memory.Block(lane, column)), seed);
            }
        }

        CryptographicOperations.ZeroMemory(seed);
    }
}
