using System.Security.Cryptography;
using Cove.Volumes.Kdf;

namespace Cove.Volumes.Luks;

/// <summary>How a key slot makes its key of a pass phrase (LUKS2 specification section 3.2.2).</summary>
public abstract record LuksKeyDerivation
{
    private LuksKeyDerivation()
    {
    }

    /// <summary>The salt.</summary>
    public required ReadOnlyMemory<byte> Salt { get; init; }

    internal abstract void Derive(ReadOnlySpan<byte> passphrase, Span<byte> key);

    /// <summary>PBKDF2 (RFC 8018).</summary>
    /// <param name="Hash"><c>sha256</c>, <c>sha384</c> or <c>sha512</c>.</param>
    /// <param name="Iterations">At least 1000.</param>
    public sealed record Pbkdf2(string Hash, int Iterations) : LuksKeyDerivation
    {
        internal override void Derive(ReadOnlySpan<byte> passphrase, Span<byte> key) =>
            Rfc2898DeriveBytes.Pbkdf2(passphrase, Salt.Span, key, Iterations, LuksHash.Of(Hash));
    }

    /// <summary>Argon2id (RFC 9106).</summary>
    /// <param name="Passes">Passes over the memory.</param>
    /// <param name="Memory">In KiB.</param>
    /// <param name="Lanes">Parallel lanes.</param>
    public sealed record Argon2(int Passes, int Memory, int Lanes) : LuksKeyDerivation
    {
        internal override void Derive(ReadOnlySpan<byte> passphrase, Span<byte> key) =>
            Argon2id.Derive(passphrase, Salt.Span, Passes, Memory, Lanes, key);
    }
}
