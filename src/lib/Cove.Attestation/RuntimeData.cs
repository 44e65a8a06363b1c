using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Attestation;

/// <summary>Data that evidence binds by its hash, and how a token shows it. The bytes are kept exactly: they are what was hashed.</summary>
public sealed class RuntimeData
{
    /// <summary>Most bytes that are taken.</summary>
    public const int MaximumSize = 1024 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

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
        try
        {
            using var document = JsonDocument.Parse(copy, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new RuntimeData(copy, document.RootElement.Clone())
                : throw new MalformedException("runtime data", "JSON", $"is {document.RootElement.ValueKind}, expected an object");
        }
        catch (JsonException bad)
        {
            throw new MalformedException("runtime data", "JSON", $"cannot be read: {bad.Message}", inner: bad);
        }
    }

    private static byte[] Copy(ReadOnlySpan<byte> bytes) => bytes.Length <= MaximumSize
        ? bytes.ToArray()
        : throw new MalformedException("runtime data", "length", $"is {bytes.Length} bytes, at most {MaximumSize} are taken");
}
