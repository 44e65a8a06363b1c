using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Cove.Outcomes;
using Cove.Protocol.Framing;

namespace Cove.Protocol.Messages;

/// <summary>Bytes of a frame to a message, or <see cref="MalformedException"/>.</summary>
internal static class MessageReader
{
    public static T Parse<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type)
    {
        try
        {
            RefuseNullElements(json);
            return JsonSerializer.Deserialize(json, type)
                ?? throw new MalformedException(typeof(T).Name, "message", "is null");
        }
        catch (JsonException wrong)
        {
            // The serializer's own text may quote what it read, which may be a secret: only the place is passed on.
            throw new MalformedException(typeof(T).Name, wrong.Path ?? "message", "does not have the form of this message", wrong.BytePositionInLine);
        }
    }

    /// <summary>The serializer's null checks do not reach into lists, and no list of ours holds a null.</summary>
    private static void RefuseNullElements(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = ProtocolLimits.MaxJsonDepth });
        while (reader.Read())
        {
            var afterName = reader.TokenType == JsonTokenType.PropertyName;
            if (afterName) reader.Read();
            if (!afterName && reader.TokenType == JsonTokenType.Null)
                throw new MalformedException("message", "list", "holds a null", reader.TokenStartIndex);
        }
    }
}
