using System.Text.Json;
using Cove.Protocol.Launch;

namespace Cove.Runtime.Launch;

/// <summary>Tells whoever started the runtime what happens: one JSON object a line. A reader that went away is no reason to stop the group.</summary>
internal sealed class EventWriter(Stream output)
{
    private readonly Lock turn = new();
    private bool deaf;

    public void Write(LaunchEvent said)
    {
        var line = JsonSerializer.SerializeToUtf8Bytes(said, LaunchJson.Default.LaunchEvent);
        lock (turn)
        {
            if (deaf) return;
            try
            {
                output.Write(line);
                output.WriteByte((byte)'\n');
                output.Flush();
            }
            catch (IOException)
            {
                deaf = true;
            }
        }
    }

    public void Step(string step, string text) => Write(new LaunchEvent.StepDone(step, text));
}
