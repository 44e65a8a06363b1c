using Cove.Sidecar.Attest;
using Cove.Sidecar.Certificates;
using Cove.Sidecar.CommandLine;
using Cove.Sidecar.Grpc;
using Cove.Sidecar.Http;
using Cove.Sidecar.KeyProvider;
using Cove.Sidecar.Release;
using Cove.Sidecar.Server;
using Cove.Sidecar.Uvm;

namespace Cove.Sidecar;

/// <summary>The parts of the <c>skr</c> mode, joined.</summary>
internal sealed class SkrSidecar : IDisposable
{
    private const uint TestingTcb = 0xFFFFFFFF;

    private readonly EvidenceCollector collector;

    private SkrSidecar(EvidenceCollector collector, KeyRelease release, AccessTokens tokens, SkrRouter router, GrpcRouter grpc) =>
        (this.collector, Release, Tokens, Router, Grpc) = (collector, release, tokens, router, grpc);

    /// <summary>Releases keys to this machine.</summary>
    public KeyRelease Release { get; }

    /// <summary>Access tokens of this machine's identity.</summary>
    public AccessTokens Tokens { get; }

    /// <summary>Answers HTTP requests.</summary>
    public SkrRouter Router { get; }

    /// <summary>Answers gRPC calls.</summary>
    public GrpcRouter Grpc { get; }

    /// <summary>Reads what the utility VM says, fetches certificates where it gave none, and joins the parts.</summary>
    /// <exception cref="SkrFailureException">There are no certificates to be had, or those there are name no TCB.</exception>
    public static async Task<SkrSidecar> CreateAsync(SkrSettings settings, SkrSurroundings surroundings, CancellationToken cancellation)
    {
        var outbound = new Outbound(surroundings.Client);
        var fetcher = new CertificateFetcher(settings.Azure.CertificateCache, outbound, surroundings.Time);
        var uvm = new UvmSource(surroundings.Root, surroundings.Environment, surroundings.Log);
        var information = uvm.Read();
        if (information.Certificates.Pem.Length == 0)
            information = information with { Certificates = await FetchThimAsync(fetcher, cancellation) };

        var tcb = settings.MismatchTcb ? TestingTcb : Tcb(information.Certificates);
        var collector = new EvidenceCollector(
            surroundings.Attester, information, information.Certificates.PemBytes(), new ChipTcb(tcb), fetcher, surroundings.Log);
        var userAgent = settings.Azure.UserAgent.Length > 0 ? settings.Azure.UserAgent : AttestationClient.DefaultUserAgent;
        var attestation = new AttestationClient(collector, outbound, userAgent);
        var tokens = new AccessTokens(outbound, surroundings.Environment, settings.Azure.IdentityClientId, surroundings.Time);
        var release = new KeyRelease(attestation, tokens, new VaultClient(outbound), surroundings.Roots, surroundings.Time);
        return new SkrSidecar(
            collector,
            release,
            tokens,
            new SkrRouter(new SkrEndpoints(collector, attestation, release), surroundings.Log),
            new GrpcRouter(
                new KeyProviderService(collector, release, uvm, surroundings.Attester).Methods,
                new ServerReflection([KeyProviderDescriptors.Current, KeyProviderDescriptors.Legacy]),
                surroundings.Log));
    }

    public void Dispose()
    {
        Release.Dispose();
        collector.Dispose();
    }

    private static async Task<ThimCertificates> FetchThimAsync(CertificateFetcher fetcher, CancellationToken cancellation)
    {
        try
        {
            return await fetcher.FetchThimAsync(cancellation);
        }
        catch (SkrFailureException e)
        {
            throw new SkrFailureException("Failed to retrieve thim certs", e);
        }
    }

    private static ulong Tcb(ThimCertificates certificates)
    {
        try
        {
            return certificates.TcbValue();
        }
        catch (SkrFailureException e)
        {
            throw new SkrFailureException("Unable to convert initial TCBM to a uint64", e);
        }
    }
}
