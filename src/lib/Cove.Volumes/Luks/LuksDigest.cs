using System.Security.Cryptography;

namespace Cove.Volumes.Luks;

/// <summary>By what a volume key is recognised (LUKS2 specification section 3.4).</summary>
internal sealed record LuksDigest(IReadOnlyList<int> KeySlots, IReadOnlyList<int> Segments, string Hash, int Iterations, ReadOnlyMemory<byte> Salt, ReadOnlyMemory<byte> Value)
{
    public bool IsOf(ReadOnlySpan<byte> volumeKey)
    {
        Span<byte> computed = stackalloc byte[Value.Length];
        Rfc2898DeriveBytes.Pbkdf2(volumeKey, Salt.Span, computed, Iterations, LuksHash.Of(Hash));
        return CryptographicOperations.FixedTimeEquals(computed, Value.Span);
    }
}
