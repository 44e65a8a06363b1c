using Cove.Attestation;
using Cove.Attestation.Maa;
using Cove.Attestation.Maa.Policies;
using Cove.Attestation.Tokens;
using Cove.AttestationService.Http;
using Cove.AttestationService.Signing;
using Cove.Formats.Jose;
using Cove.Hosting;
using Cove.Hosting.Storage;

namespace Cove.AttestationService;

/// <summary>The whole service: opens its state, joins verifier, policy and issuer, and serves.</summary>
internal static class AttestationServer
{
    private const string DatabaseName = "attestation.db";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Serves until stopped.</summary>
    public static async Task ServeAsync(AttestationOptions options, TimeProvider clock, CancellationToken cancellation = default)
    {
        using var identity = options.Shell.Identity;
        Directory.CreateDirectory(options.DataFolder, OwnerOnly);
        await using var database = Database.Open(Path.Combine(options.DataFolder, DatabaseName), SigningKeyStore.Schema);
        var issuer = options.Issuer.AbsoluteUri.TrimEnd('/');
        using var key = await new SigningKeyStore(database, clock).OpenAsync(issuer, cancellation);
        var endpoints = new AttestationEndpoints(
            options.Issuer,
            new EvidenceVerifier(TrustAnchors.Vendors with { Snp = options.Anchors }),
            AppraisalPolicy.GenuineGuests with { ClaimRules = MaaPolicy.DefaultSevSnpVm },
            new TokenIssuer(issuer, key.KeyId, key.Signer, clock),
            new Jwks([key.PublicKey]),
            clock);
        await ServiceShell.ServeAsync(options.Shell with { ErrorBody = MaaErrors.Write, MaximumBodyLength = SevSnpVmRequest.MaximumSize }, endpoints.Map, cancellation);
    }
}
