using System.Security.Cryptography;
using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Formats.Jose;

/// <summary>A symmetric key of 1 to 512 bytes (RFC 7518 section 6.4).</summary>
public sealed class OctJwk : Jwk
{
    /// <summary>Longest key, in bytes.</summary>
    public const int MaximumLength = 512;

    private readonly byte[] _key;

    internal OctJwk(byte[] owned)
    {
        if (owned.Length is 0 or > MaximumLength)
            throw new MalformedException(Format, "k", $"is {owned.Length} bytes, expected 1 to {MaximumLength}");
        _key = owned;
    }

    /// <inheritdoc/>
    public override string KeyType => "oct";

    /// <inheritdoc/>
    public override bool HasPrivateKey => true;

    /// <summary>The key bytes; zero after disposal.</summary>
    public ReadOnlySpan<byte> Key => _key;

    /// <summary>A key of these bytes, which are copied.</summary>
    /// <exception cref="MalformedException">There are none, or more than <see cref="MaximumLength"/>.</exception>
    public static OctJwk FromBytes(ReadOnlySpan<byte> key, string? keyId = null, string? use = null, string? algorithm = null,
        IReadOnlyList<string>? keyOperations = null)
        => new(key.ToArray()) { KeyId = keyId, Use = use, Algorithm = algorithm, KeyOperations = keyOperations };

    private protected override void Dispose(bool disposing) => CryptographicOperations.ZeroMemory(_key);

    private protected override void WriteThumbprintMembers(Utf8JsonWriter writer)
    {
        WriteBytes(writer, "k", Key);
        writer.WriteString("kty", KeyType);
    }

    private protected override void AddMembers(SortedDictionary<string, Action<Utf8JsonWriter>> members, bool includePrivate)
        => members["k"] = w => WriteBytes(w, "k", Key);
}
