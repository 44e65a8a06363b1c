using System.Collections.Concurrent;
using Cove.Attestation.Fetching;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation.Dcap;

/// <summary>
/// Gets collateral from Intel's provisioning certification service or a cache of it, or from what was fetched before. It trusts nothing that
/// it gets: an answer must only be about what was asked for, and whether Intel signed it is for <see cref="EvidenceVerifier"/>. Safe for
/// concurrent use; those who need the same collateral at once share one fetch.
/// </summary>
public sealed class PcsClient
{
    /// <summary>
    /// How long collateral is taken from the cache before it is asked for again; none past its own next update ever is while there is a
    /// service.
    /// </summary>
    public static readonly TimeSpan RefreshAge = TimeSpan.FromDays(1);

    private const int MaximumRemembered = 256;
    private static readonly TimeSpan RetryAge = TimeSpan.FromMinutes(10);

    private readonly AnswerCache cache;
    private readonly PcsTransport? transport;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<string, Lazy<Task<DcapCollateral>>> running = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (DcapCollateral Collateral, DateTimeOffset FetchedAt)> remembered = new(StringComparer.Ordinal);

    /// <summary>A client of a service.</summary>
    /// <param name="http">Not disposed. Its timeout is that of one attempt.</param>
    /// <param name="service">Intel's service, or a cache.</param>
    /// <param name="cache">Where collateral is kept.</param>
    /// <param name="time">The clock for pauses and ages.</param>
    public PcsClient(HttpClient http, PcsService service, AnswerCache cache, TimeProvider time)
        : this(cache, time) => transport = new PcsTransport(http, service, time);

    private PcsClient(AnswerCache cache, TimeProvider time) => (this.cache, this.time) = (cache, time);

    /// <summary>
    /// A client without network: what is not in the cache is unavailable, and what is there is given out however old it is; the verifier
    /// looks at its dates.
    /// </summary>
    public static PcsClient Offline(AnswerCache cache, TimeProvider time) => new(cache, time);

    /// <summary>The collateral to verify a quote with.</summary>
    /// <exception cref="UnavailableException">It is neither cached nor to be had, or the quote does not bring its PCK certificate.</exception>
    /// <exception cref="MalformedException">The quote's certificates cannot be read.</exception>
    public Task<DcapCollateral> FetchAsync(Quote quote, CancellationToken cancellation = default) =>
        quote.Certificates().FirstOrDefault(PckCertificate.IsOne) is { } pck
            ? FetchAsync(quote.Tee, PckCertificate.Parse(pck), cancellation)
            : throw new UnavailableException("collateral", "the quote does not bring its PCK certificate, so nobody can tell for which platform to ask");

    /// <summary>The collateral of a platform.</summary>
    /// <param name="tee">For quotes about which kind of TEE.</param>
    /// <param name="pck">The platform's certificate.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="UnavailableException">It is neither cached nor to be had.</exception>
    public async Task<DcapCollateral> FetchAsync(QuoteTee tee, PckCertificate pck, CancellationToken cancellation = default)
    {
        var key = $"dcap/{tee}/{Convert.ToHexStringLower(pck.Fmspc.Span)}/{Convert.ToHexStringLower(pck.PceId.Span)}/{pck.AuthorityName}";
        var now = time.GetUtcNow();
        // Reading collateral costs more than verifying a quote with it.
        if (remembered.TryGetValue(key, out var known) && IsFresh(known, now)) return known.Collateral;
        var kept = Find(key, tee, pck);
        if (transport is null)
            return kept?.Collateral ?? throw new UnavailableException(key, "it is not in the cache, and there is no network to be used");
        if (kept is { } fresh && IsFresh(fresh, now)) return Remember(key, fresh);
        try
        {
            // Whoever gives up waiting does not take the answer from the others.
            return await running.GetOrAdd(key, asked => new Lazy<Task<DcapCollateral>>(() => FetchAnewAsync(asked, tee, pck))).Value.WaitAsync(cancellation);
        }
        catch (UnavailableException) when (kept is { } old && now <= EarliestUpdate(old.Collateral))
        {
            // It still holds by its own dates; only Intel's later word is missing. Those who come next do not wait for a service that is away.
            return Remember(key, (old.Collateral, now - RefreshAge + RetryAge));
        }
    }

    private async Task<DcapCollateral> FetchAnewAsync(string key, QuoteTee tee, PckCertificate pck)
    {
        try
        {
            var parts = await transport!.FetchAsync(tee, pck);
            var collateral = Read(key, () => DcapCollateral.Of(parts));
            if (!IsFor(collateral, tee, pck)) throw new UnavailableException(key, "the answer is something else");
            var now = time.GetUtcNow();
            cache.Keep(key, collateral.ToJson(), now);
            return Remember(key, (collateral, now));
        }
        finally
        {
            running.TryRemove(key, out _);
        }
    }

    private static bool IsFresh((DcapCollateral Collateral, DateTimeOffset FetchedAt) entry, DateTimeOffset now) =>
        now - entry.FetchedAt < RefreshAge && now <= EarliestUpdate(entry.Collateral);

    private DcapCollateral Remember(string key, (DcapCollateral Collateral, DateTimeOffset FetchedAt) entry)
    {
        if (remembered.Count >= MaximumRemembered) remembered.Clear();
        remembered[key] = entry;
        return entry.Collateral;
    }

    private (DcapCollateral Collateral, DateTimeOffset FetchedAt)? Find(string key, QuoteTee tee, PckCertificate pck)
    {
        if (cache.Find(key) is not { } kept) return null;
        try
        {
            var collateral = DcapCollateral.Parse(kept.Answer);
            return IsFor(collateral, tee, pck) ? (collateral, kept.FetchedAt) : null;
        }
        catch (MalformedException)
        {
            // Kept by another version, or by somebody else: the same as nothing.
            return null;
        }
    }

    private static DcapCollateral Read(string key, Func<DcapCollateral> read)
    {
        try
        {
            return read();
        }
        catch (MalformedException malformed)
        {
            throw new UnavailableException(key, $"the answer is malformed ({malformed.Message})", malformed);
        }
    }

    private static bool IsFor(DcapCollateral collateral, QuoteTee tee, PckCertificate pck) =>
        collateral.TcbInfo.Tee == tee && collateral.QeIdentity.Tee == tee
        && collateral.TcbInfo.Fmspc.Span.SequenceEqual(pck.Fmspc.Span) && collateral.TcbInfo.PceId.Span.SequenceEqual(pck.PceId.Span)
        && collateral.PckCrl.Issuer.Is(pck.Certificate.Issuer);

    private static DateTimeOffset EarliestUpdate(DcapCollateral collateral) =>
        ((ReadOnlySpan<DateTimeOffset>)[collateral.TcbInfo.NextUpdate, collateral.QeIdentity.NextUpdate, collateral.PckCrl.NextUpdate, collateral.RootCaCrl.NextUpdate]).ToArray().Min();
}
