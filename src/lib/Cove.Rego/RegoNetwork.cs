namespace Cove.Rego;

/// <summary>
/// The network that policies may use: <c>http.send</c>, <c>net.lookup_ip_addr</c>, and schemas elsewhere. Without one, nothing here opens a socket. Dispose it
/// after the last evaluation; shared by any number of threads.
/// </summary>
/// <param name="allowedHosts">The names or addresses that may be asked, without ports; others are refused, also as the target of a redirect.</param>
public sealed class RegoNetwork(IEnumerable<string> allowedHosts) : IDisposable
{
    private readonly HashSet<string> hosts = new(allowedHosts, StringComparer.OrdinalIgnoreCase);

    // Here and not the caller's, because one that followed redirects by itself would reach hosts that are not allowed.
    private readonly Lazy<HttpMessageInvoker> client = new(static () => new HttpMessageInvoker(Network.HttpConnections.Plain()));

    /// <summary>How long a request may take that does not say so itself: five seconds, as OPA.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest that a request may ask for.</summary>
    public TimeSpan MaxTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest body that is read, in bytes; a longer one fails the request.</summary>
    public int MaxResponseBytes { get; init; } = 8 << 20;

    /// <summary>Whether requests may ask to be redirected (<c>enable_redirect</c>), to allowed hosts.</summary>
    public bool AllowRedirects { get; init; }

    /// <inheritdoc />
    public void Dispose()
    {
        if (client.IsValueCreated) client.Value.Dispose();
    }

    internal bool Allows(string host) => hosts.Contains(host.Trim('[', ']'));

    internal HttpMessageInvoker Client => client.Value;
}
