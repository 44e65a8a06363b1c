using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Cove.Outcomes;

namespace Cove.Runtime.Shim.Containerd;

/// <summary>gRPC calls over a Unix socket: HTTP/2 without TLS.</summary>
/// <param name="http">Connects to the socket, whatever the host in an address; see <see cref="Handler"/>.</param>
/// <param name="headers">Sent with each call.</param>
internal sealed class GrpcChannel(HttpClient http, IReadOnlyDictionary<string, string> headers)
{
    public static SocketsHttpHandler Handler(string socket) => new()
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellation);
                return new NetworkStream(connection, ownsSocket: true);
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        },
    };

    /// <summary>A call with one message each way.</summary>
    /// <param name="method">The service's full name, a slash, the method.</param>
    /// <exception cref="UnavailableException">It cannot be reached, or it answers with a status other than OK.</exception>
    public async Task<byte[]> CallAsync(string method, byte[] request, CancellationToken cancellation)
    {
        using var response = await SendAsync(method, request, cancellation);
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var message = await Task.Run(() => ReadOnly(method, body), cancellation);
        CheckStatus(method, response.TrailingHeaders);
        return message ?? throw new MalformedException(method, "answer", "has no message");
    }

    /// <summary>A call with many messages in answer: they are in the response's content.</summary>
    public async Task<HttpResponseMessage> SendAsync(string method, byte[] request, CancellationToken cancellation)
    {
        var content = new ByteArrayContent(GrpcMessages.Frame(request));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using var message = new HttpRequestMessage(HttpMethod.Post, $"http://localhost/{method}")
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = content,
        };
        message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        foreach (var (name, value) in headers) message.Headers.Add(name, value);
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (HttpRequestException unreachable)
        {
            throw new UnavailableException(method, unreachable.Message, unreachable);
        }

        try
        {
            if (response.StatusCode != HttpStatusCode.OK) throw new UnavailableException(method, $"HTTP status {(int)response.StatusCode}");

            // An answer without a message has its status where others have only headers.
            CheckStatus(method, response.Headers);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>Throws where a call's trailers say that it failed.</summary>
    public static void CheckStatus(string method, HttpHeaders headers)
    {
        if (!headers.TryGetValues("grpc-status", out var status) || status.First() == "0") return;
        var text = headers.TryGetValues("grpc-message", out var message) ? Uri.UnescapeDataString(message.First()) : "no message";
        throw new UnavailableException(method, $"{text} (status {status.First()})");
    }

    private static byte[]? ReadOnly(string method, Stream body)
    {
        var message = GrpcMessages.Read(body);
        return message is null || GrpcMessages.Read(body) is null ? message : throw new MalformedException(method, "answer", "has more than one message");
    }
}
