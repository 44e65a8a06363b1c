using System.Net.Sockets;
using Cove.Protocol.SecureProcessor;

namespace Cove.Sidecar.Tests.Fakes;

/// <summary>A processor on a socket that puts report data into the reports it is given, one report after another; the last one stays.</summary>
internal sealed class FakeProcessor : IAsyncDisposable
{
    private readonly string? folder;
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Queue<byte[]> reports;
    private readonly Task serving;

    public FakeProcessor(params byte[][] reports)
        : this(System.IO.Path.Combine(Directory.CreateTempSubdirectory("cove-skr-").FullName, "sp"), reports) =>
        folder = System.IO.Path.GetDirectoryName(Path);

    public FakeProcessor(string path, params byte[][] reports)
    {
        this.reports = new Queue<byte[]>(reports);
        Path = path;
        listener.Bind(new UnixDomainSocketEndPoint(Path));
        listener.Listen();
        serving = ServeAsync();
    }

    public string Path { get; }

    public int Asked { get; private set; }

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        await serving;
        if (folder is not null) Directory.Delete(folder, recursive: true);
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var connection = await listener.AcceptAsync();
                await using var stream = new NetworkStream(connection);
                while (await ProcessorFraming.ReadRequestAsync(stream) is ReportRequest request)
                {
                    Asked++;
                    var report = (byte[])(reports.Count > 1 ? reports.Dequeue() : reports.Peek()).Clone();
                    request.ReportData.CopyTo(report.AsMemory(0x50));
                    await ProcessorFraming.WriteResponseAsync(stream, ReportResponse.Of(report));
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
