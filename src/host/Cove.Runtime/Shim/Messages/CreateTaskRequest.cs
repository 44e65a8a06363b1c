using Cove.Runtime.Shim.Protobuf;

namespace Cove.Runtime.Shim.Messages;

/// <summary>Makes a container from a bundle. The root file system's mounts are not read: the guest gets layers whose hashes it can check.</summary>
internal sealed record CreateTaskRequest(string Id, string Bundle, StdioPaths Stdio, bool Checkpoint)
{
    public static CreateTaskRequest Parse(ReadOnlySpan<byte> bytes)
    {
        var (id, bundle, checkpoint, stdio) = ("", "", false, new StdioPaths("", "", "", false));
        var reader = new ProtobufReader(bytes, "CreateTaskRequest");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: id = reader.Text(); break;
                case 2: bundle = reader.Text(); break;
                case 4: stdio = stdio with { Terminal = reader.Flag() }; break;
                case 5: stdio = stdio with { Input = reader.Text() }; break;
                case 6: stdio = stdio with { Output = reader.Text() }; break;
                case 7: stdio = stdio with { Error = reader.Text() }; break;
                case 8: checkpoint = reader.Text().Length > 0; break;
                default: reader.Skip(); break;
            }
        }

        return new CreateTaskRequest(id, bundle, stdio, checkpoint);
    }
}
