using Cove.Attestation.Tokens;
using Cove.Formats.Jose;
using Cove.Hosting.Errors;
using Cove.Hosting.Storage;
using Cove.KeyService.Access;
using Cove.KeyService.Audit;
using Cove.KeyService.Authorities;
using Cove.KeyService.Storage;
using Cove.Keys.Release;
using Cove.Keys.ReleasePolicy;
using Cove.Keys.Vault;
using Cove.Keys.Wrapping;
using Cove.Outcomes;

namespace Cove.KeyService.Api;

/// <summary>POST /keys/{name}/{version?}/release: the one way for a private key to leave. Each answer, given or denied, is in the audit log
/// before it is sent.</summary>
internal sealed class KeyRelease(KeyStore store, MasterKey master, AuditLog audit, AuthorityDirectory authorities, ReleaseSigner signer, Uri vault,
    TimeProvider clock)
{
    private const int MaximumBody = CompactJws.MaximumLength + (16 * 1024);
    private const int MaximumNonceLength = 1024;

    public async Task ReleaseAsync(KeyCall call, KeyId id)
    {
        await RequireAsync(call, id);
        using var body = RequestJson.Parse(await call.ReadAsync(MaximumBody), MaximumBody);
        var request = new RequestJson(body.RootElement);
        var (target, nonce, algorithm) = (request.RequiredText("target"), request.Text("nonce"), Algorithm(request.Text("enc")));
        if (nonce?.Length > MaximumNonceLength) throw KeyErrors.BadParameter($"nonce is longer than {MaximumNonceLength} characters.");
        var key = store.Find(id) ?? throw KeyErrors.NotFound(id);

        var (token, wrapped, findings) = await DecideAsync(target, key, algorithm, call.Aborted);
        await audit.AppendAsync(
            new("release", key.Id.ToString(), call.Caller.Subject, call.RequestId, findings) { Authority = token?.Issuer,
                Simulated = token?.IsSimulated ?? false },
            call.Aborted);
        if (wrapped is null) throw KeyErrors.ReleaseDenied(id, findings);
        await call.AnswerAsync(KeyBundles.Value(Sign(call, id, key, wrapped, nonce)));
    }

    /// <summary>A caller who may not ask is in the audit log too.</summary>
    private async Task RequireAsync(KeyCall call, KeyId id)
    {
        try
        {
            call.Require(DataAction.ReleaseKey, id.Name);
        }
        catch (ServiceException e)
        {
            var finding = new Finding("release-caller-not-authorized", "caller", DataAction.ReleaseKey, call.Caller.Subject, "Managed HSM local RBAC");
            await audit.AppendAsync(new("release", id.ToString(), call.Caller.Subject, call.RequestId, [finding]), call.Aborted);
            throw new ServiceException(e.Status, e.Code, e.Message, e.InnerCode);
        }
    }

    private async Task<(AttestationToken? Token, WrappedKey? Key, IReadOnlyList<Finding> Findings)> DecideAsync(string target, StoredKey key,
        WrapAlgorithm algorithm, CancellationToken cancellationToken)
    {
        if (!(await ValidateAsync(target, cancellationToken)).IsAccepted(out var token, out var findings)) return (null, null, findings);
        var releasable = new ReleasableKey(key.Id, key.Attributes, key.Policy is null ? null : KeyReleasePolicy.Parse(key.Policy.Data),
            () => KeyMaterial.Adopt(master.Open(key.SealedMaterial, StoredKey.PlaceOf(key.Id))));
        new KeyReleaser(_ => releasable, clock).Release(token, key.Id, algorithm).IsAccepted(out var wrapped, out findings);
        return (token, wrapped, findings);
    }

    private async Task<Verdict<AttestationToken>> ValidateAsync(string target, CancellationToken cancellationToken)
    {
        try
        {
            return await authorities.ValidateAsync(target, cancellationToken);
        }
        catch (MalformedException e)
        {
            return new Finding("token-malformed", "target", "an attestation token", e.Message, "RFC 7515 7.1");
        }
    }

    private string Sign(KeyCall call, KeyId requested, StoredKey key, WrappedKey wrapped, string? nonce)
    {
        using var publicKey = KeyBundles.Public(key);
        return signer.Sign(new()
        {
            ApiVersion = call.ApiVersion,
            RequestedUrl = requested.UrlIn(vault),
            Nonce = nonce,
            KeyUrl = key.Id.UrlIn(vault),
            KeyType = key.KeyType,
            KeyOperations = key.KeyOperations,
            PublicKey = publicKey,
            Attributes = key.Attributes,
            Tags = key.Tags,
            PolicyData = key.Policy!.Data,
            PolicyIsImmutable = key.Policy.Immutable,
            Key = wrapped,
        });
    }

    private static WrapAlgorithm Algorithm(string? enc) => enc is null ? WrapAlgorithm.CkmRsaAesKeyWrap
        : WrapAlgorithm.Find(enc) ?? throw KeyErrors.BadParameter($"enc {enc} is not supported: {string.Join(", ", WrapAlgorithm.All)}.");
}
