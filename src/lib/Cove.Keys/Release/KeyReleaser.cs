using Cove.Attestation.Tokens;
using Cove.Keys.Vault;
using Cove.Keys.Wrapping;
using Cove.Outcomes;

namespace Cove.Keys.Release;

/// <summary>Decides whether a key may leave the vault for an attested workload, and wraps it for that workload alone.</summary>
/// <param name="find">The key of an id, the newest version where the id names none; null where there is none.</param>
/// <param name="clock">Tells the time.</param>
public sealed class KeyReleaser(Func<KeyId, ReleasableKey?> find, TimeProvider clock)
{
    /// <summary>Releases a key.</summary>
    /// <param name="token">The workload's attestation, already validated.</param>
    /// <param name="id">The key.</param>
    /// <param name="algorithm">How to wrap it; <see cref="WrapAlgorithm.CkmRsaAesKeyWrap"/> where the request names none.</param>
    /// <returns>The wrapped key, or every reason against it.</returns>
    public Verdict<WrappedKey> Release(AttestationToken token, KeyId id, WrapAlgorithm? algorithm = null)
    {
        if (find(id) is not { } key) return new Finding("release-key-not-found", "kid", "a key of this vault", id.ToString());
        var findings = Allow(key.Attributes);
        if (key.Policy is null) findings.Add(new("release-policy-missing", "release_policy", "a policy", "none", "Key Vault AKV.SKR.1005"));
        else findings.AddRange(key.Policy.Evaluate(token.Issuer, token.Claims));
        if (!WrappingKey.Choose(token).IsAccepted(out var wrappingKey, out var unfit)) findings.AddRange(unfit);
        if (findings.Count > 0) return findings;

        using var material = key.OpenMaterial();
        return wrappingKey!.Wrap(algorithm ?? WrapAlgorithm.CkmRsaAesKeyWrap, material);
    }

    private List<Finding> Allow(KeyAttributes attributes)
    {
        var now = clock.GetUtcNow();
        var findings = new List<Finding>();
        if (!attributes.Exportable) findings.Add(new("release-key-not-exportable", "attributes.exportable", "true", "false"));
        if (!attributes.Enabled) findings.Add(new("release-key-disabled", "attributes.enabled", "true", "false"));
        if (attributes.NotBefore > now)
            findings.Add(new("release-key-not-yet-valid", "attributes.nbf", $"no later than {now:u}", $"{attributes.NotBefore:u}"));
        if (attributes.Expires <= now) findings.Add(new("release-key-expired", "attributes.exp", $"later than {now:u}", $"{attributes.Expires:u}"));
        return findings;
    }
}
