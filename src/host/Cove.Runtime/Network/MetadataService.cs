using System.Net;
using System.Text.Json;

namespace Cove.Runtime.Network;

/// <summary>
/// The instance metadata service that a group finds at 169.254.169.254: managed-identity tokens and the processor's certificates.
/// It belongs to the host, so nothing that a guest decides may rest on it: a token says who asks, never what runs.
/// </summary>
internal sealed class MetadataService : IDisposable
{
    /// <summary>Where every Azure client looks for it.</summary>
    public static readonly IPAddress Address = IPAddress.Parse("169.254.169.254");

    private const string TokenPath = "/metadata/identity/oauth2/token";
    private const string CertificatePath = "/metadata/THIM/amd/certification";

    private readonly HttpListener listener;
    private readonly Func<string, IdentityToken> issue;
    private readonly ReadOnlyMemory<byte> certificates;
    private readonly Task serving;

    /// <summary>Starts serving inside the group.</summary>
    /// <param name="network">The group's network.</param>
    /// <param name="issue">Makes a token for a resource.</param>
    /// <param name="certificates">The processor's certificates, THIM JSON; empty where this host does not have them.</param>
    public MetadataService(GroupNetwork network, Func<string, IdentityToken> issue, ReadOnlyMemory<byte> certificates)
    {
        (this.issue, this.certificates) = (issue, certificates);
        listener = network.Run(() =>
        {
            var made = new HttpListener();
            made.Prefixes.Add($"http://{Address}:80/");
            made.Start();
            return made;
        });
        serving = ServeAsync();
    }

    public void Dispose()
    {
        listener.Close();
        serving.GetAwaiter().GetResult();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            try
            {
                var (status, body) = Answer(context.Request);
                context.Response.StatusCode = status;
                context.Response.ContentType = "application/json; charset=utf-8";
                context.Response.ContentLength64 = body.Length;
                await context.Response.OutputStream.WriteAsync(body);
                context.Response.Close();
            }
            catch (Exception gone) when (gone is HttpListenerException or IOException or ObjectDisposedException)
            {
                context.Response.Abort();
            }
        }
    }

    private (int Status, ReadOnlyMemory<byte> Body) Answer(HttpListenerRequest request)
    {
        if (request.Headers["Metadata"] != "true")
            return (400, Error("invalid_request", "Required metadata header not specified"));
        if (request.HttpMethod != "GET") return (405, Error("invalid_request", "only GET is served here"));
        var path = request.Url?.AbsolutePath;
        if (string.Equals(path, CertificatePath, StringComparison.OrdinalIgnoreCase) && !certificates.IsEmpty) return (200, certificates);
        if (!string.Equals(path, TokenPath, StringComparison.OrdinalIgnoreCase)) return (404, Error("not_found", "nothing is served here"));
        var resource = request.QueryString["resource"];
        return string.IsNullOrEmpty(resource)
            ? (400, Error("invalid_request", "Required query variable 'resource' is missing"))
            : (200, Write(issue(resource), resource));
    }

    /// <summary>Every member is a string: the reference sidecar fails on a number.</summary>
    private static byte[] Write(IdentityToken token, string resource) => Json(writer =>
    {
        writer.WriteString("access_token", token.Value);
        writer.WriteString("client_id", token.ClientId);
        writer.WriteString("expires_in", ((long)(token.Expires - token.NotBefore).TotalSeconds).ToString());
        writer.WriteString("expires_on", token.Expires.ToUnixTimeSeconds().ToString());
        writer.WriteString("ext_expires_in", ((long)(token.Expires - token.NotBefore).TotalSeconds).ToString());
        writer.WriteString("not_before", token.NotBefore.ToUnixTimeSeconds().ToString());
        writer.WriteString("resource", resource);
        writer.WriteString("token_type", "Bearer");
    });

    private static byte[] Error(string code, string description) => Json(writer =>
    {
        writer.WriteString("error", code);
        writer.WriteString("error_description", description);
    });

    private static byte[] Json(Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }
}
