using Cove.Runtime.Shim.Protobuf;

namespace Cove.Runtime.Shim.Messages;

/// <summary>Which process a call is about: how StartRequest, StateRequest, DeleteRequest, WaitRequest, CloseIORequest and all that name only a container begin.</summary>
/// <param name="Id">The container.</param>
/// <param name="ExecId">A further process in it; empty for its first.</param>
internal sealed record ProcessAddress(string Id, string ExecId)
{
    public static ProcessAddress Parse(ReadOnlySpan<byte> bytes)
    {
        var (id, exec) = ("", "");
        var reader = new ProtobufReader(bytes, "process request");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: id = reader.Text(); break;
                case 2: exec = reader.Text(); break;
                default: reader.Skip(); break;
            }
        }

        return new ProcessAddress(id, exec);
    }

    /// <summary>Of messages whose second field is something else.</summary>
    public static ProcessAddress ParseContainer(ReadOnlySpan<byte> bytes)
    {
        var id = "";
        var reader = new ProtobufReader(bytes, "container request");
        while (reader.Next())
        {
            if (reader.Field == 1) id = reader.Text();
            else reader.Skip();
        }

        return new ProcessAddress(id, "");
    }
}
