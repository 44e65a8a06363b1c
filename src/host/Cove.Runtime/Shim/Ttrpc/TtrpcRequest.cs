using Cove.Runtime.Shim.Protobuf;

namespace Cove.Runtime.Shim.Ttrpc;

/// <summary>A call: its service's full name, its method's bare one, its message, and what comes along.</summary>
/// <param name="TimeoutNanoseconds">How long the caller waits; 0 for as long as it takes.</param>
internal sealed record TtrpcRequest(string Service, string Method, byte[] Payload, long TimeoutNanoseconds = 0, IReadOnlyList<KeyValuePair<string, string>>? Metadata = null)
{
    /// <summary>The metadata key that names containerd's namespace.</summary>
    public const string NamespaceKey = "containerd-namespace-ttrpc";

    private const string Type = "ttrpc request";

    public static TtrpcRequest Parse(ReadOnlySpan<byte> bytes)
    {
        var (service, method, payload, timeout) = ("", "", (byte[])[], 0L);
        List<KeyValuePair<string, string>> metadata = [];
        var reader = new ProtobufReader(bytes, Type);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: service = reader.Text(); break;
                case 2: method = reader.Text(); break;
                case 3: payload = reader.Bytes().ToArray(); break;
                case 4: timeout = (long)reader.Number(); break;
                case 5: metadata.Add(Pair(reader.Bytes())); break;
                default: reader.Skip(); break;
            }
        }

        return new TtrpcRequest(service, method, payload, timeout, metadata);
    }

    public byte[] ToBytes()
    {
        var writer = new ProtobufWriter().Text(1, Service).Text(2, Method).Bytes(3, Payload).Number(4, TimeoutNanoseconds);
        foreach (var (key, value) in Metadata ?? []) writer.Message(5, new ProtobufWriter().Text(1, key).Text(2, value).ToArray());
        return writer.ToArray();
    }

    private static KeyValuePair<string, string> Pair(ReadOnlySpan<byte> bytes)
    {
        var (key, value) = ("", "");
        var reader = new ProtobufReader(bytes, Type);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: key = reader.Text(); break;
                case 2: value = reader.Text(); break;
                default: reader.Skip(); break;
            }
        }

        return new(key, value);
    }
}
