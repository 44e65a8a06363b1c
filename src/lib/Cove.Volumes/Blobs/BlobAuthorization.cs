using System.Net.Http.Headers;

namespace Cove.Volumes.Blobs;

/// <summary>By what right a blob is read or written.</summary>
public abstract class BlobAuthorization
{
    /// <summary>None: the blob is public, or its URL carries a shared access signature.</summary>
    public static BlobAuthorization None { get; } = new Nobody();

    /// <summary>The bearer of tokens.</summary>
    /// <param name="token">Gives a token that is valid now.</param>
    public static BlobAuthorization Bearer(Func<CancellationToken, ValueTask<string>> token) => new Bearers(token);

    /// <summary>The holder of the account's key.</summary>
    /// <param name="account">The account's name.</param>
    /// <param name="key">Its key; copied by nobody, so the caller zeroes it when all is done.</param>
    public static BlobAuthorization SharedKey(string account, byte[] key) => new SharedKeyAuthorization(account, key);

    internal abstract ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellation);

    private sealed class Nobody : BlobAuthorization
    {
        internal override ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellation) => ValueTask.CompletedTask;
    }

    private sealed class Bearers(Func<CancellationToken, ValueTask<string>> token) : BlobAuthorization
    {
        internal override async ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellation)
        {
            // A token in the clear would be anybody's.
            if (request.RequestUri!.Scheme != Uri.UriSchemeHttps) throw new InvalidOperationException("token credentials require a URL using the https protocol scheme");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await token(cancellation));
        }
    }
}
