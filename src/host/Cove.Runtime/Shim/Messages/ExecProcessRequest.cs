using Cove.Runtime.Shim.Protobuf;

namespace Cove.Runtime.Shim.Messages;

/// <summary>One more process in a container.</summary>
/// <param name="Process">The OCI process as JSON.</param>
internal sealed record ExecProcessRequest(string Id, string ExecId, StdioPaths Stdio, byte[] Process)
{
    private const string Type = "ExecProcessRequest";

    public static ExecProcessRequest Parse(ReadOnlySpan<byte> bytes)
    {
        var (id, exec, process, stdio) = ("", "", (byte[])[], new StdioPaths("", "", "", false));
        var reader = new ProtobufReader(bytes, Type);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: id = reader.Text(); break;
                case 2: exec = reader.Text(); break;
                case 3: stdio = stdio with { Terminal = reader.Flag() }; break;
                case 4: stdio = stdio with { Input = reader.Text() }; break;
                case 5: stdio = stdio with { Output = reader.Text() }; break;
                case 6: stdio = stdio with { Error = reader.Text() }; break;
                case 7: process = Any.Parse(reader.Bytes()).Value; break;
                default: reader.Skip(); break;
            }
        }

        return new ExecProcessRequest(id, exec, stdio, process);
    }
}
