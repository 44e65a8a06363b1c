using Cove.Attestation;
using Cove.Attestation.Maa;
using Cove.Attestation.Tokens;
using Cove.AttestationService.Http;
using Cove.AttestationService.Policies;
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
        await using var database = Database.Open(Path.Combine(options.DataFolder, DatabaseName), AttestationSchema.Versions);
        var issuer = options.Issuer.AbsoluteUri.TrimEnd('/');
        using var key = await new SigningKeyStore(database, clock).OpenAsync(issuer, cancellation);
        var tokens = new TokenIssuer(issuer, key.KeyId, key.Signer, clock);
        var policies = new PolicyStore(database, clock);
        var verifier = new EvidenceVerifier(TrustAnchors.Vendors with { Snp = options.Anchors });
        var attestation = new AttestationEndpoints(issuer, verifier, policies, tokens, new Jwks([key.PublicKey]), clock);
        var administration = new PolicyEndpoints(policies, new PolicyAdministrators(options.AccessIssuers, issuer, clock), tokens);
        await ServiceShell.ServeAsync(
            options.Shell with { ErrorBody = MaaErrors.Write, MaximumBodyLength = SevSnpVmRequest.MaximumSize },
            app =>
            {
                attestation.Map(app);
                administration.Map(app);
            },
            cancellation);
    }
}
