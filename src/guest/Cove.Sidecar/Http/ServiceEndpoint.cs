using System.Buffers;

namespace Cove.Sidecar.Http;

/// <summary>
/// A service as requests name it: <c>host</c> or <c>host:port</c>. A path, a query, a user or a scheme in it is refused: what is meant as
/// a host must not become another place.
/// </summary>
internal sealed class ServiceEndpoint
{
    private const int MaximumLength = 300;

    private static readonly SearchValues<char> NeverInAHost = SearchValues.Create("/\\?#@ \t\r\n%");

    private ServiceEndpoint(string text, string host) => (Text, Host) = (text, host);

    /// <summary>As it was given.</summary>
    public string Text { get; }

    /// <summary>The name or address alone, which certificates are checked against.</summary>
    public string Host { get; }

    /// <exception cref="SkrFailureException">It is not a host with an optional port.</exception>
    public static ServiceEndpoint Parse(string text)
    {
        var plain = text.Length <= MaximumLength && !text.AsSpan().ContainsAny(NeverInAHost);
        return plain && Uri.TryCreate($"https://{text}/", UriKind.Absolute, out var uri) && uri.Host.Length > 0 && uri.AbsolutePath == "/"
            ? new ServiceEndpoint(text, uri.IdnHost.Trim('[', ']'))
            : throw new SkrFailureException($"invalid endpoint \"{text[..Math.Min(text.Length, MaximumLength)]}\": expected host or host:port");
    }

    /// <summary>An HTTPS address at this service.</summary>
    public Uri At(string pathAndQuery) => new($"https://{Text}{pathAndQuery}", UriKind.Absolute);
}
