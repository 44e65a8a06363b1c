using Cove.Outcomes;

namespace Cove.Volumes.Blobs;

/// <summary>Where a blob is: a URL of an Azure Blob endpoint, with the shared access signature that may come with it.</summary>
public sealed class BlobAddress
{
    private const int MaximumLength = 4096;

    private readonly string signature;

    private BlobAddress(Uri uri, string signature) => (Uri, this.signature) = (uri, signature);

    /// <summary>The blob's URL, without a signature.</summary>
    public Uri Uri { get; }

    /// <summary>Whether requests travel over TLS.</summary>
    public bool IsSecure => Uri.Scheme == Uri.UriSchemeHttps;

    /// <summary>The account's audience for access tokens, e.g. <c>https://account.blob.core.windows.net</c>.</summary>
    public string Audience => $"https://{Uri.Host}";

    /// <summary>The container's URL.</summary>
    public Uri Container => new(Uri, Uri.AbsolutePath[..Uri.AbsolutePath.LastIndexOf('/')]);

    /// <exception cref="MalformedException">It is not an http or https URL of a blob.</exception>
    public static BlobAddress Parse(string url)
    {
        if (url.Length > MaximumLength || !Uri.TryCreate(url, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp))
            throw new MalformedException("blob address", "URL", "is not an http or https URL");
        if (uri.UserInfo.Length > 0 || uri.Fragment.Length > 0) throw new MalformedException("blob address", "URL", "has a user or a fragment");
        if (uri.Segments.Length < 3 || uri.AbsolutePath.EndsWith('/')) throw new MalformedException("blob address", "URL", "does not name a container and a blob in it");
        return new BlobAddress(new Uri(uri.GetLeftPart(UriPartial.Path)), uri.Query.TrimStart('?'));
    }

    /// <summary>The address of a request about the blob.</summary>
    public Uri With(string query) => Join(Uri, query);

    /// <summary>The address of a request about its container.</summary>
    public Uri ContainerWith(string query) => Join(Container, query);

    /// <summary>Without the signature, which is a secret.</summary>
    public override string ToString() => Uri.ToString();

    private Uri Join(Uri place, string query)
    {
        var all = string.Join('&', new[] { query, signature }.Where(part => part.Length > 0));
        return all.Length > 0 ? new Uri($"{place}?{all}") : place;
    }
}
