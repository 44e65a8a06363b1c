using Cove.Runtime.Shim.Protobuf;

namespace Cove.Runtime.Shim.Messages;

/// <summary>Where a process's streams come from and go to: FIFOs that containerd made; empty for nowhere.</summary>
/// <param name="Terminal">One terminal in place of the three; its output is the output.</param>
internal sealed record StdioPaths(string Input, string Output, string Error, bool Terminal)
{
    /// <summary>As an event tells it.</summary>
    public byte[] ToBytes() => new ProtobufWriter().Text(1, Input).Text(2, Output).Text(3, Error).Flag(4, Terminal).ToArray();
}
