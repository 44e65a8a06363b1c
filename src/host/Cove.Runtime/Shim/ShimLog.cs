using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Cove.Runtime.Shim;

/// <summary>
/// What the shim has to say goes where containerd collects it: the FIFO <c>log</c> in the first bundle. Never waits: where nobody reads,
/// as while containerd is being restarted, the line is lost.
/// </summary>
internal sealed class ShimLog(string path, TimeProvider time)
{
    public void Write(string line)
    {
        try
        {
            using SafeFileHandle? fifo = Stdio.Fifo.OpenWithoutWaiting(path);
            if (fifo is null) return;
            Stdio.Fifo.Write(fifo, Encoding.UTF8.GetBytes($"time=\"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffffffZ}\" level=info msg=\"cove: {Escape(line)}\"\n"));
        }
        catch (IOException)
        {
            // Nobody reads, or not fast enough.
        }
    }

    private static string Escape(string line) =>
        line.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
