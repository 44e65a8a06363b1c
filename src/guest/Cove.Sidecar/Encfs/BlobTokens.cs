using Cove.Sidecar.Release;
using Cove.Volumes.Blobs;

namespace Cove.Sidecar.Encfs;

/// <summary>Access tokens for one blob account, asked for again long before they end: a volume outlives many.</summary>
internal sealed class BlobTokens(AccessTokens tokens, BlobAddress blob, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(4);

    private readonly SemaphoreSlim turn = new(1, 1);
    private string token = string.Empty;
    private DateTimeOffset asked;

    public async ValueTask<string> GetAsync(CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            if (token.Length > 0 && time.GetUtcNow() - asked < Freshness) return token;
            token = await tokens.GetAsync(blob.Audience, cancellation);
            asked = time.GetUtcNow();
            return token;
        }
        catch (SkrFailureException e)
        {
            // To whoever reads the volume this is a store that cannot be reached now.
            throw new Cove.Outcomes.UnavailableException($"a token for {blob.Audience}", e.Message, e);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();
}
