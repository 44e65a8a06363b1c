using System.Text.Json;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Attestation;

/// <summary>Data that evidence binds by its hash, and how a token shows it. The bytes are kept exactly: they are what was hashed.</summary>
public sealed class RuntimeData
{
    /// <summary>Most bytes that are taken.</summary>
    public const int MaximumSize = 1024 * 1024;

    private RuntimeData(ReadOnlyMemory<byte> bytes, JsonElement? json)
    {
        Bytes = bytes;
        Json = json;
    }

    /// <summary>The bytes as the attester hashed them.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The JSON object that the bytes are, where they were declared to be one; null for binary data.</summary>
    public JsonElement? Json { get; }

    /// <summary>Opaque bytes: bound, and not shown in a token.</summary>
    /// <exception cref="MalformedException">They are over <see cref="MaximumSize"/>.</exception>
    public static RuntimeData OfBinary(ReadOnlySpan<byte> bytes) => new(Copy(bytes), null);

    /// <summary>A JSON object (UTF-8): bound, and shown in a token.</summary>
    /// <exception cref="MalformedException">They are over <see cref="MaximumSize"/>, or not exactly one JSON object without duplicate members.</exception>
    public static RuntimeData OfJson(ReadOnlySpan<byte> bytes)
    {
        var copy = Copy(bytes);
        using var document = StrictJson.ParseObject(copy, "runtime data", MaximumSize);
        return new RuntimeData(copy, document.RootElement.Clone());
    }

    private static byte[] Copy(ReadOnlySpan<byte> bytes) => bytes.Length <= MaximumSize
        ? bytes.ToArray()
        : throw new MalformedException("runtime data", "length", $"is {bytes.Length} bytes, at most {MaximumSize} are taken");
}
