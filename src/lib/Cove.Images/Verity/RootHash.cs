using System.Diagnostics.CodeAnalysis;
using Cove.Outcomes;

namespace Cove.Images.Verity;

/// <summary>
/// The root of a dm-verity tree: 32 bytes that stand for every byte of a layer's file system. Policies carry it as 64 lower-case
/// hexadecimal digits. It is public: comparing two of them needs no constant time.
/// </summary>
public sealed class RootHash : IEquatable<RootHash>
{
    /// <summary>Bytes in a root hash (SHA-256).</summary>
    public const int Size = 32;

    private readonly byte[] bytes;

    internal RootHash(ReadOnlySpan<byte> value)
    {
        if (value.Length != Size) throw new ArgumentException("a root hash has 32 bytes", nameof(value));
        bytes = value.ToArray();
        Hex = Convert.ToHexStringLower(value);
    }

    /// <summary>The hash as policies and the command line write it: 64 lower-case hexadecimal digits.</summary>
    public string Hex { get; }

    /// <summary>The 32 bytes.</summary>
    public ReadOnlySpan<byte> Bytes => bytes;

    /// <summary>Reads 64 lower-case hexadecimal digits.</summary>
    /// <exception cref="MalformedException">The text has another length, or a character that is not a lower-case hexadecimal digit.</exception>
    public static RootHash Parse(string text) =>
        TryParse(text, out var root) ? root : throw new MalformedException("root hash", "text", "is not 64 lower-case hexadecimal digits");

    /// <summary>Reads 64 lower-case hexadecimal digits; false when it is anything else.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out RootHash? root)
    {
        root = text is { Length: Size * 2 } && Hexadecimal.IsLowerCase(text) ? new RootHash(Convert.FromHexString(text)) : null;
        return root is not null;
    }

    /// <inheritdoc/>
    public bool Equals(RootHash? other) => other is not null && Bytes.SequenceEqual(other.bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RootHash);

    /// <inheritdoc/>
    public override int GetHashCode() => BitConverter.ToInt32(bytes);

    /// <inheritdoc cref="Hex"/>
    public override string ToString() => Hex;
}
