using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Cove.Rego.Tests.Network;

/// <summary>An HTTP server on a free local port that answers as it is told and remembers what it was asked.</summary>
internal sealed class HttpPeer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ends = new();
    private readonly Func<string, string> answer;
    private readonly Task serving;

    /// <param name="answer">From a request's head and body to the whole response; an empty one leaves the peer waiting.</param>
    public HttpPeer(Func<string, string> answer)
    {
        this.answer = answer;
        listener.Start();
        serving = Serve();
    }

    public ConcurrentQueue<string> Asked { get; } = [];

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}");

    public static string Answer(string body, string type = "application/json", string status = "200 OK", string headers = "") =>
        string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n{headers}Connection: close\r\n\r\n{body}");

    public async ValueTask DisposeAsync()
    {
        await ends.CancelAsync();
        listener.Stop();
        await serving;
        ends.Dispose();
    }

    private async Task Serve()
    {
        var open = new List<Task>();
        try
        {
            while (true) open.Add(Serve(await listener.AcceptTcpClientAsync(ends.Token)));
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task Serve(TcpClient client)
    {
        using var owned = client;
        try
        {
            var stream = client.GetStream();
            var request = await Read(stream);
            Asked.Enqueue(request);
            var response = answer(request);
            if (response.Length == 0) await Task.Delay(Timeout.Infinite, ends.Token);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(response), ends.Token);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // The other side had enough, or the test is over.
        }
    }

    private async Task<string> Read(NetworkStream stream)
    {
        var text = new StringBuilder();
        var chunk = new byte[4096];
        while (!IsWhole(text.ToString()))
        {
            var read = await stream.ReadAsync(chunk, ends.Token);
            if (read == 0) break;
            text.Append(Encoding.UTF8.GetString(chunk, 0, read));
        }

        return text.ToString();
    }

    private static bool IsWhole(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0) return false;
        var length = text[..end].Split("\r\n").Where(static line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase))
            .Select(static line => int.Parse(line.AsSpan("Content-Length: ".Length), CultureInfo.InvariantCulture)).FirstOrDefault();
        return text.Length - end - 4 >= length;
    }
}
