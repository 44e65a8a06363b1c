using Cove.Attestation.Fetching;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation.Snp.Kds;

/// <summary>
/// Gets certificates and revocation lists from AMD's key distribution service, or from what was fetched before. It trusts nothing that it gets:
/// an answer must only be what was asked for, and whether AMD signed it is for <see cref="EvidenceVerifier"/>. Safe for concurrent use.
/// </summary>
public sealed class KdsClient : IDisposable
{
    /// <summary>AMD's service.</summary>
    public static readonly Uri Amd = new("https://kdsintf.amd.com");

    /// <summary>How long a revocation list is taken from the cache; one past its own next update never is.</summary>
    public static readonly TimeSpan RevocationListAge = TimeSpan.FromDays(1);

    private readonly AnswerCache _cache;
    private readonly KdsTransport? _transport;
    private readonly TimeProvider _time;

    /// <summary>A client of a service.</summary>
    /// <param name="http">Not disposed. Its timeout is that of one attempt.</param>
    /// <param name="service">Scheme, host and port; <see cref="Amd"/>, or a mirror with the same paths.</param>
    /// <param name="cache">Where answers are kept.</param>
    /// <param name="time">The clock for pauses and ages.</param>
    public KdsClient(HttpClient http, Uri service, AnswerCache cache, TimeProvider time)
        : this(cache, time) => _transport = new KdsTransport(http, service, time);

    private KdsClient(AnswerCache cache, TimeProvider time) => (_cache, _time) = (cache, time);

    /// <summary>A client without network: what is not in the cache is unavailable, and revocation lists are good until their next update.</summary>
    public static KdsClient Offline(AnswerCache cache, TimeProvider time) => new(cache, time);

    /// <summary>Everything that verifying this report needs beside it: VCEK (a VLEK comes with the report), issuer, root and revocation list.</summary>
    /// <param name="report">The report; its CHIP_ID must not be masked.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="UnavailableException">Something is neither cached nor to be had, or the report does not say which chip it is of.</exception>
    public async Task<Collateral> FetchAsync(SnpReport report, CancellationToken cancellation = default)
    {
        UnavailableException? absent = null;
        foreach (var product in SnpProducts.Candidates(report))
        {
            try
            {
                return await FetchAsync(report, product, cancellation);
            }
            catch (UnavailableException unavailable)
            {
                // A report of version 2 does not name its product; the service has the chip under one of them only.
                absent = unavailable;
            }
        }

        throw absent ?? new UnavailableException("certificates of the report's product", $"family 0x{report.CpuidFamily:x2}, model 0x{report.CpuidModel:x2} is not known");
    }

    /// <summary>The VCEK of a chip for a TCB.</summary>
    /// <param name="product">The chip's product.</param>
    /// <param name="chipId">CHIP_ID, 64 bytes (of Turin the first 8 count).</param>
    /// <param name="tcb">REPORTED_TCB.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="UnavailableException">It is neither cached nor to be had, or what came is another certificate.</exception>
    public Task<Certificate> FetchVcekAsync(SnpProduct product, ReadOnlyMemory<byte> chipId, TcbVersion tcb, CancellationToken cancellation = default) =>
        GetAsync(KdsPaths.Vcek(product, chipId.Span, tcb), bytes =>
        {
            var key = EndorsementKeyCertificate.Parse(Certificate.Parse(bytes));
            return key.Kind == SigningKey.Vcek && key.Product == product && key.Tcb == tcb && key.HardwareId.Span.SequenceEqual(KdsPaths.ChipId(product, chipId.Span))
                ? key.Certificate
                : null;
        }, cancellation);

    /// <summary>The issuer of a product's endorsement keys, and its root.</summary>
    /// <exception cref="UnavailableException">It is neither cached nor to be had, or what came is another chain.</exception>
    public Task<IReadOnlyList<Certificate>> FetchChainAsync(SnpProduct product, SigningKey kind, CancellationToken cancellation = default) =>
        GetAsync(KdsPaths.Chain(product, kind), bytes =>
        {
            var names = SnpProducts.CommonNamesOf(product);
            var chain = CertificatePem.Parse(bytes);
            return chain.Count == 2 && chain[0].Subject.CommonName == (kind == SigningKey.Vlek ? names.VlekIssuer : names.VcekIssuer) && chain[1].Subject.CommonName == names.Root
                ? chain
                : null;
        }, cancellation);

    /// <summary>The revocation list of a product's root.</summary>
    /// <exception cref="UnavailableException">None that is good at this time is cached or to be had.</exception>
    public async Task<CertificateRevocationList> FetchRevocationListAsync(SnpProduct product, SigningKey kind, CancellationToken cancellation = default)
    {
        var request = KdsPaths.RevocationList(product, kind);
        var root = SnpProducts.CommonNamesOf(product).Root;
        var kept = _cache.Find(request);
        var known = kept is { } entry ? Read(entry.Answer, Parse) : null;
        if (known is not null && (_transport is null || _time.GetUtcNow() - kept!.Value.FetchedAt < RevocationListAge)) return known;
        try
        {
            return await FetchAnewAsync(request, Parse, cancellation);
        }
        catch (UnavailableException) when (known is not null)
        {
            // AMD's lists are good for months; one of yesterday is better than none.
            return known;
        }

        CertificateRevocationList? Parse(byte[] bytes)
        {
            var list = CertificateRevocationList.Parse(bytes);
            return list.Issuer.CommonName == root && _time.GetUtcNow() <= list.NextUpdate ? list : null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _transport?.Dispose();

    /// <summary>As <see cref="FetchAsync(SnpReport, CancellationToken)"/>, for a caller who knows the product, for instance from the VLEK that came with the report.</summary>
    public async Task<Collateral> FetchAsync(SnpReport report, SnpProduct product, CancellationToken cancellation = default)
    {
        List<Certificate> certificates = [];
        if (report.SigningKey == SigningKey.Vcek)
        {
            if (!report.ChipId.ContainsAnyExcept((byte)0)) throw new UnavailableException("VCEK", "the host masks CHIP_ID, so its certificate cannot be asked for");
            var tcb = TcbVersion.Parse(report.ReportedTcb, product, "REPORTED_TCB");
            certificates.Add(await FetchVcekAsync(product, report.ChipId.ToArray(), tcb, cancellation));
        }

        certificates.AddRange(await FetchChainAsync(product, report.SigningKey, cancellation));
        return new Collateral { Certificates = certificates, RevocationLists = [await FetchRevocationListAsync(product, report.SigningKey, cancellation)] };
    }

    private async Task<T> GetAsync<T>(string request, Func<byte[], T?> read, CancellationToken cancellation)
        where T : class =>
        _cache.Find(request) is { } kept && Read(kept.Answer, read) is { } known ? known : await FetchAnewAsync(request, read, cancellation);

    private async Task<T> FetchAnewAsync<T>(string request, Func<byte[], T?> read, CancellationToken cancellation)
        where T : class
    {
        if (_transport is null) throw new UnavailableException(request, "it is not in the cache, and there is no network to be used");
        var answer = await _transport.GetAsync(request, cancellation);
        var value = Read(answer, read) ?? throw new UnavailableException(request, "the answer is something else");
        _cache.Keep(request, answer, _time.GetUtcNow());
        return value;
    }

    // Whatever stands between here and the service may answer in its place, with a page of its own for instance.
    private static T? Read<T>(byte[] answer, Func<byte[], T?> read)
        where T : class
    {
        try
        {
            return read(answer);
        }
        catch (MalformedException)
        {
            return null;
        }
    }
}
