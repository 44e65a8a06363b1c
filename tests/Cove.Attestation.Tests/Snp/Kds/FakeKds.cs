using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Cove.Attestation.Tests.Snp.Kds;

/// <summary>A key distribution service on this machine: answers by path and query, remembers what it was asked, one connection a request.</summary>
internal sealed class FakeKds : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Queue<(int Status, string Headers)> refusals = [];
    private readonly List<string> requests = [];
    private readonly Lock gate = new();

    public FakeKds()
    {
        listener.Start();
        _ = ServeAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    public Dictionary<string, byte[]> Answers { get; } = new(StringComparer.Ordinal);

    /// <summary>Awaited before each answer.</summary>
    public Task Hold { get; set; } = Task.CompletedTask;

    public string[] Requests
    {
        get
        {
            lock (gate) return [.. requests];
        }
    }

    /// <summary>Refuses the next request so, and then goes on.</summary>
    public void Refuse(int status, string headers = "") => refusals.Enqueue((status, headers));

    public void Dispose() => listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true) _ = AnswerAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using var connection = client;
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        var path = (await reader.ReadLineAsync())!.Split(' ')[1];
        while (await reader.ReadLineAsync() is { Length: > 0 })
        {
            // The rest of the request's head is of no interest.
        }

        bool refuse;
        (int Status, string Headers) refusal;
        lock (gate)
        {
            requests.Add(path);
            refuse = refusals.TryDequeue(out refusal);
        }

        await Hold;
        var (status, headers, body) = refuse ? (refusal.Status, refusal.Headers, []) : Answers.TryGetValue(path, out var known) ? (200, "", known) : (404, "", []);
        var head = $"HTTP/1.1 {status} Answer\r\nContent-Length: {body.Length}\r\nConnection: close\r\n{headers}\r\n";
        await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. body]);
    }
}
