using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Cove.Volumes.Luks;

/// <summary>
/// Spreads a key over stripes so that losing any part of them loses the key (LUKS1 specification, "Anti-forensic information splitting"): the last
/// stripe makes the chain of hashes over the others end in the key.
/// </summary>
internal static class AntiForensicSplitter
{
    /// <summary>Fills the stripes: all but the last at random.</summary>
    public static void Split(ReadOnlySpan<byte> key, Span<byte> stripes, string hash)
    {
        RandomNumberGenerator.Fill(stripes[..^key.Length]);
        var last = stripes[^key.Length..];
        Fold(stripes[..^key.Length], last, hash);
        Xor(last, key);
    }

    /// <summary>The key of these stripes.</summary>
    /// <param name="stripes">A multiple of the key's length.</param>
    /// <param name="key">Filled.</param>
    /// <param name="hash">The name of the hash.</param>
    public static void Merge(ReadOnlySpan<byte> stripes, Span<byte> key, string hash)
    {
        Fold(stripes[..^key.Length], key, hash);
        Xor(key, stripes[^key.Length..]);
    }

    private static void Fold(ReadOnlySpan<byte> stripes, Span<byte> chain, string hash)
    {
        chain.Clear();
        Span<byte> input = stackalloc byte[4 + 64];
        Span<byte> output = stackalloc byte[64];
        for (; stripes.Length > 0; stripes = stripes[chain.Length..])
        {
            Xor(chain, stripes[..chain.Length]);
            Diffuse(chain, hash, input, output);
        }

        input.Clear();
        output.Clear();
    }

    /// <summary>Replaces each piece, as long as the hash, by the hash of its number and itself.</summary>
    private static void Diffuse(Span<byte> block, string hash, Span<byte> input, Span<byte> output)
    {
        var length = LuksHash.Length(hash);
        for (var (at, number) = (0, 0); at < block.Length; at += length, number++)
        {
            var piece = block.Slice(at, Math.Min(length, block.Length - at));
            BinaryPrimitives.WriteInt32BigEndian(input, number);
            piece.CopyTo(input[4..]);
            CryptographicOperations.HashData(LuksHash.Of(hash), input[..(4 + piece.Length)], output);
            output[..piece.Length].CopyTo(piece);
        }
    }

    private static void Xor(Span<byte> into, ReadOnlySpan<byte> from)
    {
        for (var i = 0; i < into.Length; i++) into[i] ^= from[i];
    }
}
