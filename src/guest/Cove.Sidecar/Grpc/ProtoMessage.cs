namespace Cove.Sidecar.Grpc;

/// <summary>
/// Protocol buffers as far as the key provider's messages go: fields that are bytes, strings or messages. What else is in a message is
/// skipped, as the format asks; what is not a message is refused.
/// </summary>
internal static class ProtoMessage
{
    private const int LengthDelimited = 2;
    private const int LongestVarint = 10;

    /// <summary>The field's bytes; empty where it is absent, the last one where it is there twice.</summary>
    /// <exception cref="GrpcException">These bytes are no message.</exception>
    public static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> message, int number)
    {
        var found = ReadOnlySpan<byte>.Empty;
        while (Next(ref message, out var tag, out var value))
            if (tag == Tag(number)) found = value;
        return found;
    }

    /// <summary>Every value of a field, in order.</summary>
    /// <exception cref="GrpcException">These bytes are no message.</exception>
    public static List<byte[]> Fields(ReadOnlySpan<byte> message, int number)
    {
        List<byte[]> values = [];
        while (Next(ref message, out var tag, out var value))
            if (tag == Tag(number)) values.Add(value.ToArray());
        return values;
    }

    /// <summary>Whether the field is there, empty or not.</summary>
    /// <exception cref="GrpcException">These bytes are no message.</exception>
    public static bool Has(ReadOnlySpan<byte> message, int number)
    {
        var found = false;
        while (Next(ref message, out var tag, out _)) found |= tag == Tag(number);
        return found;
    }

    /// <summary>A message of string fields numbered from 1; empty ones are left out.</summary>
    public static byte[] Of(params ReadOnlySpan<string> fields)
    {
        var writer = new ProtoWriter();
        for (var i = 0; i < fields.Length; i++)
            if (fields[i].Length > 0) writer.Text(i + 1, fields[i]);
        return writer.Message;
    }

    /// <summary>A message of one bytes field numbered 1, left out where it is empty. No copy but the message stays behind: it may be a key.</summary>
    public static byte[] Of(byte[] field)
    {
        if (field.Length == 0) return [];
        var writer = new ProtoWriter(field.Length + (2 * LongestVarint)).Bytes(1, field);
        var message = writer.Message;
        writer.Clear();
        return message;
    }

    private static ulong Tag(int number) => ((ulong)number << 3) | LengthDelimited;

    /// <summary>Takes the next field off; false at the end.</summary>
    private static bool Next(scoped ref ReadOnlySpan<byte> message, out ulong tag, out ReadOnlySpan<byte> value)
    {
        tag = 0;
        value = default;
        if (message.IsEmpty) return false;
        tag = Varint(ref message);
        ulong length = (tag & 7) switch
        {
            0 => VarintLength(message),
            1 => sizeof(ulong),
            LengthDelimited => Varint(ref message),
            5 => sizeof(uint),
            _ => throw Malformed(),
        };
        if (tag >> 3 == 0 || length > (ulong)message.Length) throw Malformed();
        value = message[..(int)length];
        message = message[(int)length..];
        return true;
    }

    private static ulong Varint(scoped ref ReadOnlySpan<byte> message)
    {
        var length = (int)VarintLength(message);
        var value = 0UL;
        for (var i = 0; i < length; i++) value |= (ulong)(message[i] & 0x7F) << (7 * i);
        message = message[length..];
        return value;
    }

    private static ulong VarintLength(ReadOnlySpan<byte> message)
    {
        for (var i = 0; i < message.Length && i < LongestVarint; i++)
        {
            if (message[i] < 0x80) return (ulong)i + 1;
        }

        throw Malformed();
    }

    private static GrpcException Malformed() => new(GrpcStatus.Internal, "grpc: error unmarshalling request: proto: cannot parse invalid wire-format data");
}
