using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Cove.Outcomes;

namespace Cove.Images.Oci;

/// <summary>The name of content by its SHA-256 (OCI image specification, descriptors). Other algorithms are refused.</summary>
public sealed record Digest
{
    private const string Prefix = "sha256:";
    private const int HexLength = 64;

    private Digest(string hex) => Hex = hex;

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public string Hex { get; }

    /// <summary>Reads <c>sha256:</c> and 64 lower-case hexadecimal digits.</summary>
    /// <exception cref="MalformedException">The text is anything else.</exception>
    public static Digest Parse(string? text, string field = "digest") =>
        TryParse(text, out var digest) ? digest : throw new MalformedException("OCI image", field, "is not 'sha256:' and 64 lower-case hexadecimal digits");

    /// <summary>Reads <c>sha256:</c> and 64 lower-case hexadecimal digits; false when it is anything else.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Digest? digest)
    {
        digest = text is { Length: 7 + HexLength } && text.StartsWith(Prefix, StringComparison.Ordinal)
            && Hexadecimal.IsLowerCase(text.AsSpan(Prefix.Length))
            ? new Digest(text[Prefix.Length..])
            : null;
        return digest is not null;
    }

    /// <summary>The digest of these bytes.</summary>
    public static Digest Of(ReadOnlySpan<byte> content) => new(Convert.ToHexStringLower(SHA256.HashData(content)));

    internal static Digest FromHash(ReadOnlySpan<byte> hash) => hash.Length * 2 == HexLength
        ? new Digest(Convert.ToHexStringLower(hash))
        : throw new ArgumentException("a digest has 32 bytes", nameof(hash));

    /// <summary><c>sha256:</c> and the digits.</summary>
    public override string ToString() => Prefix + Hex;
}
