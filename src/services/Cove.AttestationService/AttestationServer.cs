using Cove.Attestation;
using Cove.Attestation.Dcap;
using Cove.Attestation.Fetching;
using Cove.Attestation.Tokens;
using Cove.Attestation.Tokens.Ear;
using Cove.AttestationService.Collaterals;
using Cove.AttestationService.Http;
using Cove.AttestationService.Policies;
using Cove.AttestationService.Signing;
using Cove.Hosting;
using Cove.Hosting.CommandLine;
using Cove.Hosting.Storage;

namespace Cove.AttestationService;

/// <summary>The whole service: opens its state, joins verifier, policy and issuer, and serves.</summary>
internal static class AttestationServer
{
    private const string DatabaseName = "attestation.db";
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Serves until stopped.</summary>
    public static async Task ServeAsync(AttestationOptions options, TimeProvider clock, CancellationToken cancellation = default)
    {
        using var identity = options.Shell.Identity;
        await using var database = options.Database.Open(DatabaseName, AttestationSchema.Sqlite, AttestationSchema.Postgres);
        using var master = options.MasterKeyFile is { } file ? MasterKey.Load(file) : null;
        var issuer = options.Issuer.AbsoluteUri.TrimEnd('/');
        using var keys = await SigningKeyRing.OpenAsync(database, master, new KeySchedule(options.KeyPeriod), issuer, clock, cancellation);
        var tokens = new TokenIssuer(issuer, keys.Current, clock);
        var certificates = new PolicyCertificates(database, clock);
        if (options.PolicyCertificates.Count > 0 && !await certificates.IsolateAsync(options.PolicyCertificates, cancellation))
            throw new UsageException("--policy-certificates names certificates that this service does not have, and it has others", "leave the option out: policy certificates are changed by requests that one of them signs");
        var policies = new PolicyStore(database, certificates, clock);
        var verifier = new EvidenceVerifier(TrustAnchors.Vendors with { Snp = options.Anchors, Dcap = options.QuoteAnchors });
        var administrators = new PolicyAdministrators(options.AccessIssuers, issuer, clock);
        var policyEndpoints = new PolicyEndpoints(policies, administrators, tokens);
        var certificateEndpoints = new CertificateEndpoints(certificates, administrators, tokens);
        var metadataEndpoints = new MetadataEndpoints(issuer, () => keys.PublishedKeys);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = FetchTimeout };
        // What Azure's cache asks of those who ask it; others leave it aside.
        http.DefaultRequestHeaders.Add("Metadata", "true");
        var refreshing = Task.CompletedTask;
        await ServiceShell.ServeAsync(
            options.Shell with { ErrorBody = MaaErrors.Write, MaximumBodyLength = AttestationEndpoints.MaximumSize },
            app =>
            {
                refreshing = keys.RunAsync(app.Logger, app.Lifetime.ApplicationStopping);
                var collateral = new CollateralSource(
                    options.CollateralFolder is { } folder ? new CollateralFolder(folder, clock, app.Logger) : null,
                    options.CollateralService is { } service ? new PcsClient(http, service, new AnswerCache(options.CacheFolder!), clock) : null);
                var attester = new Attester(verifier, options.Appraisal, collateral, clock);
                new AttestationEndpoints(attester, policies, tokens, new EarIssuer(issuer, keys.Current, clock)).Map(app);
                metadataEndpoints.Map(app);
                policyEndpoints.Map(app);
                certificateEndpoints.Map(app);
            },
            cancellation);
        await refreshing;
    }
}
