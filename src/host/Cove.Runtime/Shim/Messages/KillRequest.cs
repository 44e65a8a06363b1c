using Cove.Runtime.Shim.Protobuf;

namespace Cove.Runtime.Shim.Messages;

/// <summary>Sends a signal.</summary>
/// <param name="All">To every process of the container, not only to its first.</param>
internal sealed record KillRequest(string Id, string ExecId, int Signal, bool All)
{
    public static KillRequest Parse(ReadOnlySpan<byte> bytes)
    {
        var (id, exec, signal, all) = ("", "", 0UL, false);
        var reader = new ProtobufReader(bytes, "KillRequest");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: id = reader.Text(); break;
                case 2: exec = reader.Text(); break;
                case 3: signal = reader.Number(); break;
                case 4: all = reader.Flag(); break;
                default: reader.Skip(); break;
            }
        }

        return new KillRequest(id, exec, (int)Math.Min(signal, int.MaxValue), all);
    }
}
