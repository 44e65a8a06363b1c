using System.Buffers;
using System.Text.Json;

namespace Cove.Hosting.Errors;

/// <summary>The shape that Azure data planes share: <c>{"error":{"code","message","innererror":{"code"}}}</c>.</summary>
public static class AzureErrors
{
    /// <summary>Writes the error.</summary>
    public static byte[] Write(ServiceException error, string requestId) => Write(error.Code, error.Message, error.InnerCode);

    /// <summary>Writes code, message and inner code.</summary>
    public static byte[] Write(string code, string message, string? innerCode = null)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("error");
            writer.WriteString("code", code);
            writer.WriteString("message", message);
            if (innerCode is not null)
            {
                writer.WriteStartObject("innererror");
                writer.WriteString("code", innerCode);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
