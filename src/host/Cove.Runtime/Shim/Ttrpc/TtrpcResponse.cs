using Cove.Runtime.Shim.Protobuf;

namespace Cove.Runtime.Shim.Ttrpc;

/// <summary>The answer to a call: a status, and the message where it is OK.</summary>
internal sealed record TtrpcResponse(TtrpcCode Code, string Message, byte[] Payload)
{
    private const string Type = "ttrpc response";

    public static TtrpcResponse Of(byte[] payload) => new(TtrpcCode.Ok, "", payload);

    public static TtrpcResponse Of(TtrpcCode code, string message) =>
        new(code, message.Length > TtrpcLimits.MaxErrorText ? message[..TtrpcLimits.MaxErrorText] + "…" : message, []);

    public static TtrpcResponse Parse(ReadOnlySpan<byte> bytes)
    {
        var (code, message, payload) = (0UL, "", (byte[])[]);
        var reader = new ProtobufReader(bytes, Type);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: (code, message) = Status(reader.Bytes()); break;
                case 2: payload = reader.Bytes().ToArray(); break;
                default: reader.Skip(); break;
            }
        }

        return new TtrpcResponse((TtrpcCode)code, message, payload);
    }

    public byte[] ToBytes()
    {
        var writer = new ProtobufWriter();
        if (Code != TtrpcCode.Ok) writer.Message(1, new ProtobufWriter().Number(1, (ulong)Code).Text(2, Message).ToArray());
        return writer.Bytes(2, Payload).ToArray();
    }

    private static (ulong Code, string Message) Status(ReadOnlySpan<byte> bytes)
    {
        var (code, message) = (0UL, "");
        var reader = new ProtobufReader(bytes, Type);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: code = reader.Number(); break;
                case 2: message = reader.Text(); break;
                default: reader.Skip(); break;
            }
        }

        return (code, message);
    }
}
