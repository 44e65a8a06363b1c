using Cove.Keys.Release;
using Cove.Keys.Vault;
using Cove.Outcomes;
using Cove.Sidecar.Attest;
using Cove.Sidecar.Http;

namespace Cove.Sidecar.Release;

/// <summary>
/// Secure key release, the whole way: a wrapping key, evidence that binds it, a token for the evidence, the vault's answer to the token,
/// and the key out of the answer.
/// </summary>
internal sealed class KeyRelease(AttestationClient attestation, AccessTokens accessTokens, VaultClient vaults, TrustRoots roots, TimeProvider time) : IDisposable
{
    private static readonly HashSet<string> KnownOperations =
        new(["sign", "verify", "encrypt", "decrypt", "wrapKey", "unwrapKey", "deriveKey", "deriveBits"], StringComparer.Ordinal);

    private readonly WrappingKeys wrappingKeys = new();

    /// <summary>Releases a key to this machine.</summary>
    /// <exception cref="SkrFailureException">One of the parties refused, did not answer, or is not who it should be.</exception>
    public async Task<ReleasedKey> ReleaseAsync(KeyReleaseRequest request, CancellationToken cancellation)
    {
        var vault = ServiceEndpoint.Parse(request.VaultEndpoint);
        var key = ParseKeyId(request.KeyId);
        using var wrapping = await wrappingKeys.TakeAsync();
        var attestationToken = await AttestAsync(request.AttestationEndpoint, wrapping, cancellation);
        var accessToken = request.AccessToken.Length > 0
            ? request.AccessToken
            : await accessTokens.GetAsync(VaultAudience.Of(request.VaultEndpoint), cancellation);
        var release = await FromVaultAsync(vault, key, attestationToken, accessToken, cancellation);
        return Open(release, wrapping);
    }

    public void Dispose() => wrappingKeys.Dispose();

    private static KeyId ParseKeyId(string text)
    {
        try
        {
            return KeyId.Parse(text);
        }
        catch (MalformedException e)
        {
            throw new SkrFailureException("invalid kid", e);
        }
    }

    private async Task<string> AttestAsync(string endpoint, WrappingKey wrapping, CancellationToken cancellation)
    {
        try
        {
            return await attestation.GetTokenAsync(endpoint, wrapping.RuntimeData, cancellation);
        }
        catch (SkrFailureException e)
        {
            throw new SkrFailureException("attestation failed", e);
        }
    }

    private async Task<VerifiedRelease> FromVaultAsync(
        ServiceEndpoint vault, KeyId key, string attestationToken, string accessToken, CancellationToken cancellation)
    {
        try
        {
            var answer = await vaults.ReleaseAsync(vault, key, attestationToken, accessToken, cancellation);
            return ReleaseVerification.Verify(answer, roots.InVault(vault.Host), vault, key, time.GetUtcNow());
        }
        catch (SkrFailureException e) when (!ReleaseVerification.IsUnsupportedType(e))
        {
            throw new SkrFailureException($"releasing the key {key} failed", e);
        }
    }

    private static ReleasedKey Open(VerifiedRelease release, WrappingKey wrapping)
    {
        foreach (var operation in release.KeyOperations)
        {
            if (!KnownOperations.Contains(operation))
            {
                throw new SkrFailureException(
                    $"setting key_ops on JWK failed: invalid value for key_ops key: invalid keyoperation {operation}");
            }
        }

        try
        {
            return release.Open(wrapping.Key).IsAccepted(out var key, out var findings)
                ? key
                : throw new SkrFailureException($"releasing the key {release.KeyId.Name} failed: aes key unwrap failed: {findings[0]}");
        }
        catch (MalformedException e)
        {
            throw new SkrFailureException($"could not parse {release.KeyType} key", e);
        }
    }
}
