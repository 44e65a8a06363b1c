using Cove.Runtime.Shim.Protobuf;

namespace Cove.Runtime.Shim.Messages;

/// <summary>Other limits for a container.</summary>
/// <param name="Resources">OCI's resources as JSON.</param>
internal sealed record UpdateTaskRequest(string Id, Any Resources)
{
    public static UpdateTaskRequest Parse(ReadOnlySpan<byte> bytes)
    {
        var (id, resources) = ("", new Any("", []));
        var reader = new ProtobufReader(bytes, "UpdateTaskRequest");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: id = reader.Text(); break;
                case 2: resources = Any.Parse(reader.Bytes()); break;
                default: reader.Skip(); break;
            }
        }

        return new UpdateTaskRequest(id, resources);
    }
}
