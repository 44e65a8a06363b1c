using Cove.Runtime.Shim.Protobuf;

namespace Cove.Runtime.Shim.Messages;

/// <summary>A message with its type's name, bare as containerd writes it.</summary>
internal sealed record Any(string TypeUrl, byte[] Value)
{
    public static Any Parse(ReadOnlySpan<byte> bytes)
    {
        var (type, value) = ("", (byte[])[]);
        var reader = new ProtobufReader(bytes, "Any");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: type = reader.Text(); break;
                case 2: value = reader.Bytes().ToArray(); break;
                default: reader.Skip(); break;
            }
        }

        return new Any(type, value);
    }

    public byte[] ToBytes() => new ProtobufWriter().Text(1, TypeUrl).Bytes(2, Value).ToArray();
}
