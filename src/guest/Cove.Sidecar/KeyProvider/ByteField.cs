using System.Text.Json;
using Cove.Sidecar.GoText;

namespace Cove.Sidecar.KeyProvider;

/// <summary>Bytes in JSON: base64 as Go writes them, or an array of numbers as Rust does.</summary>
internal static class ByteField
{
    /// <summary>The bytes; none where the element is absent or null.</summary>
    /// <exception cref="SkrFailureException">It is neither.</exception>
    public static byte[] Read(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => [],
        JsonValueKind.String => GoBase64.Decode(element.GetString()!),
        JsonValueKind.Array => [.. element.EnumerateArray().Select(Number)],
        _ => throw new SkrFailureException("bytes are neither base64 nor an array of numbers"),
    };

    private static byte Number(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetByte(out var value)
            ? value
            : throw new SkrFailureException("an array of bytes holds something else");
}
