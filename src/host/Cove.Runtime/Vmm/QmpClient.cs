using System.Buffers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Runtime.Vmm;

/// <summary>QEMU's control connection (QMP): one command after another, each with its answer; events in between are passed over.</summary>
internal sealed class QmpClient : IAsyncDisposable
{
    private const int MaxLine = 1024 * 1024;
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(20);

    private readonly NetworkStream stream;
    private readonly StreamReader reader;
    private readonly SemaphoreSlim turn = new(1, 1);

    private QmpClient(NetworkStream stream) => (this.stream, reader) = (stream, new StreamReader(stream, Encoding.UTF8));

    /// <summary>Connects, waiting until QEMU listens, and ends the negotiation.</summary>
    /// <exception cref="UnavailableException">QEMU does not answer as QEMU does.</exception>
    public static async Task<QmpClient> ConnectAsync(string path, CancellationToken cancellation)
    {
        while (true)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
                var client = new QmpClient(new NetworkStream(socket, ownsSocket: true));
                using (await client.ReadAsync(cancellation))
                    await client.CallAsync("qmp_capabilities", null, cancellation);
                return client;
            }
            catch (SocketException)
            {
                socket.Dispose();
                await Task.Delay(Retry, cancellation);
            }
        }
    }

    /// <summary>Plugs a disk into the machine's SCSI controller, read-only.</summary>
    /// <param name="file">A file of whole blocks.</param>
    /// <param name="target">Where: target.</param>
    /// <param name="unit">Where: unit.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task PlugAsync(string file, int target, int unit, CancellationToken cancellation)
    {
        var name = $"disk-{target}-{unit}";
        await CallAsync("blockdev-add", json =>
        {
            json.WriteString("driver", "raw");
            json.WriteString("node-name", name);
            json.WriteBoolean("read-only", true);
            json.WriteStartObject("file");
            json.WriteString("driver", "file");
            json.WriteString("filename", file);
            json.WriteBoolean("read-only", true);
            json.WriteEndObject();
        }, cancellation);
        await CallAsync("device_add", json =>
        {
            json.WriteString("driver", "scsi-hd");
            json.WriteString("bus", "layers.0");
            json.WriteString("drive", name);
            json.WriteNumber("scsi-id", target);
            json.WriteNumber("lun", unit);
        }, cancellation);
    }

    /// <summary>Ends QEMU at once.</summary>
    public Task QuitAsync(CancellationToken cancellation) => CallAsync("quit", null, cancellation);

    public async ValueTask DisposeAsync()
    {
        reader.Dispose();
        await stream.DisposeAsync();
        turn.Dispose();
    }

    private async Task CallAsync(string command, Action<Utf8JsonWriter>? arguments, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            await stream.WriteAsync(Write(command, arguments), cancellation);
            while (true)
            {
                using var answer = await ReadAsync(cancellation);
                if (answer.RootElement.TryGetProperty("return", out _)) return;
                if (answer.RootElement.TryGetProperty("error", out var error))
                    throw new UnavailableException("QEMU", $"{command}: {(error.TryGetProperty("desc", out var said) ? said.GetString() : "refused")}");
            }
        }
        finally
        {
            turn.Release();
        }
    }

    private static byte[] Write(string command, Action<Utf8JsonWriter>? arguments)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("execute", command);
            if (arguments is not null)
            {
                json.WriteStartObject("arguments");
                arguments(json);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    private async Task<JsonDocument> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            var line = await reader.ReadLineAsync(cancellation) ?? throw new UnavailableException("QEMU", "it closed its control connection");
            return line.Length <= MaxLine ? JsonDocument.Parse(line) : throw new UnavailableException("QEMU", "its answer is over a megabyte");
        }
        catch (Exception broken) when (broken is JsonException or IOException)
        {
            throw new UnavailableException("QEMU", broken.Message, broken);
        }
    }
}
