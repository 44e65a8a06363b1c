using Cove.Runtime.Shim.Protobuf;

namespace Cove.Runtime.Shim.Messages;

/// <summary>A terminal has another size now.</summary>
internal sealed record ResizePtyRequest(string Id, string ExecId, int Width, int Height)
{
    public static ResizePtyRequest Parse(ReadOnlySpan<byte> bytes)
    {
        var (id, exec, width, height) = ("", "", 0UL, 0UL);
        var reader = new ProtobufReader(bytes, "ResizePtyRequest");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: id = reader.Text(); break;
                case 2: exec = reader.Text(); break;
                case 3: width = reader.Number(); break;
                case 4: height = reader.Number(); break;
                default: reader.Skip(); break;
            }
        }

        return new ResizePtyRequest(id, exec, (int)Math.Min(width, ushort.MaxValue), (int)Math.Min(height, ushort.MaxValue));
    }
}
