using Cove.Runtime.Shim.Protobuf;

namespace Cove.Runtime.Shim.Messages;

/// <summary>Asks the shim to go.</summary>
/// <param name="Now">Even where containers are left.</param>
internal sealed record ShutdownRequest(bool Now)
{
    public static ShutdownRequest Parse(ReadOnlySpan<byte> bytes)
    {
        var now = false;
        var reader = new ProtobufReader(bytes, "ShutdownRequest");
        while (reader.Next())
        {
            if (reader.Field == 2) now = reader.Flag();
            else reader.Skip();
        }

        return new ShutdownRequest(now);
    }
}
