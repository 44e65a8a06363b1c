using System.CommandLine;
using System.Globalization;
using System.Text;
using Cove.Attestation;
using Cove.Attestation.Dcap;
using Cove.Attestation.Maa.Policies;
using Cove.Attestation.Snp;
using Cove.Attestation.Uvm;
using Cove.Cli.Evidence;
using Cove.Cli.Output;
using Cove.Cli.Shell;
using Cove.Formats.Cose;
using Cove.Formats.Der;
using Cove.Formats.Did;
using Cove.Formats.Jose;

namespace Cove.Cli.Commands.Evidence;

internal sealed class VerifyCommand : CoveCommand
{
    private readonly Argument<string> evidence = new("evidence")
    {
        Description = "an SNP report, an Azure VM's HCL report, an SGX or TDX quote, an endorsement, a token, a request to an attestation service, or certificates; binary, hex or base64; - is standard input",
    };

    private readonly Option<string[]> certificates = new("--certs", "--certificates")
    {
        HelpName = "file", Description = "VCEK or VLEK, ASK and ARK in any order: PEM, DER, a certificate table, or the host's THIM JSON; may be given several times", AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string[]> revocationLists = new("--crl") { HelpName = "file", Description = "of an SNP report: AMD's list of revoked certificates, DER or PEM; without one, revocation is not looked at", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string?> collateral = new("--collateral") { HelpName = "path", Description = "of a quote: the vendor's collateral, one JSON document, a folder of the single files, or Open Enclave's endorsements" };
    private readonly Option<string?> at = new("--at") { HelpName = "time", Description = "verify as of this time, e.g. 2026-01-31 or 2026-01-31T12:00:00Z; by default now" };
    private readonly Option<string?> policy = new("--policy") { HelpName = "file", Description = "what is accepted: a policy in JSON, or rules in the language of Azure Attestation on top of the strict default" };
    private readonly Option<TcbStatus[]> statuses = new("--accept-status") { HelpName = "status", Description = "of a quote: accept a platform of this status too, e.g. SWHardeningNeeded; may be given several times" };
    private readonly Option<string?> measurement = new("--measurement") { HelpName = "hex", Description = "accept this MEASUREMENT, MRENCLAVE or MRTD only" };
    private readonly Option<string?> hostData = new("--host-data") { HelpName = "hex", Description = "accept this HOST_DATA, CONFIGID or MRCONFIGID only: of a container group, the hash of its policy" };
    private readonly Option<string?> reportData = new("--report-data") { HelpName = "hex", Description = "accept this REPORT_DATA only: 64 bytes, or fewer for its beginning with zeros after" };
    private readonly Option<string[]> ledgers = new("--ledger") { HelpName = "issuer=file", Description = "of an endorsement: believe this ledger's receipts, by its keys (JWKS); may be given several times" };
    private readonly Option<string[]> endorsers = new("--endorser") { HelpName = "feed=did", Description = "of an endorsement: also accept this issuer (did:x509) for this feed; may be given several times" };
    private readonly Option<long> minimumSvn = new("--minimum-svn") { HelpName = "number", Description = "of an endorsement by such an issuer: the lowest security version that is accepted" };
    private readonly Option<string?> developmentRoot = new("--development-root") { HelpName = "file", Description = "PEM of a simulated processor's root: its evidence is then told apart, not refused" };
    private readonly TokenAuthority authority = new();

    public VerifyCommand()
        : base("verify", "verify evidence: is it genuine, and is it acceptable?")
    {
        Add(evidence);
        foreach (var option in (Option[])[certificates, revocationLists, collateral, at, policy, statuses, measurement, hostData, reportData, ledgers, endorsers, minimumSvn, developmentRoot, .. authority.Options]) Add(option);
        Details = "Genuine: signed by a processor whose certificates lead to a root of AMD or Intel, which cove knows by their keys. Acceptable, without --policy: nothing that lets the host look in, "
            + "a platform that is up to date or of a status that you name, and the values that you name. Only the keys of a token's issuer are fetched. "
            + "Exit code 0 accepted, 3 rejected (every reason is listed), 4 not evidence (with field and offset), 5 an issuer does not answer.";
        Example("cove verify report.bin --certs vcek.der --certs ask_ark.pem", "a report and AMD's certificates for its chip");
        Example("cove verify report.bin --certs thim.json --host-data $(cove policy generate -a template.json --hash)", "the group runs under exactly this policy");
        Example("cove verify hcl.bin --certs vcek.der --certs ask_ark.pem", "of an Azure confidential VM: tpm2_nvread -C o 0x01400001 > hcl.bin");
        Example("cove verify quote.bin --collateral collateral.json --accept-status SWHardeningNeeded", "a quote of SGX or TDX");
        Example("cove verify evidence.json --at 2026-01-31", "an attestation request as recorded, at that time");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var path = call.Get(evidence);
        var given = GivenFile.Read(await call.Read(path, GivenFile.MaximumSize, cancellation));
        return await given.Verify(
            new Verification
            {
                Path = path,
                Collateral = new Collateral
                {
                    Certificates = await Certificates(call, cancellation),
                    RevocationLists = await RevocationLists(call, cancellation),
                    Dcap = call.Get(collateral) is { } intel ? await CollateralFile.Read(call, intel, cancellation) : null,
                },
                Time = Time(call),
                Anchors = await Anchors(call, cancellation),
                Policy = await Policy(call, cancellation),
                Expected = new Expectations(call.Get(measurement), call.Get(hostData), call.Get(reportData)),
                AcceptedStatuses = call.Get(statuses) ?? [],
                Ledgers = await Ledgers(call, cancellation),
                Authority = authority,
                Call = call,
            },
            cancellation);
    }

    private async Task<IReadOnlyList<Certificate>> Certificates(Invocation call, CancellationToken cancellation)
    {
        var all = new List<Certificate>();
        foreach (var file in call.Get(certificates) ?? [])
            all.AddRange(CertificateFile.Parse(await call.Read(file, CertificateFile.MaximumSize, cancellation)));
        return all;
    }

    private async Task<IReadOnlyList<CertificateRevocationList>> RevocationLists(Invocation call, CancellationToken cancellation)
    {
        var all = new List<CertificateRevocationList>();
        foreach (var file in call.Get(revocationLists) ?? [])
        {
            var bytes = await call.Read(file, CertificateRevocationList.MaximumSize, cancellation);
            all.Add(bytes is [(byte)'-', ..] ? CertificateRevocationList.ParsePem(Encoding.Latin1.GetString(bytes)) : CertificateRevocationList.Parse(bytes));
        }

        return all;
    }

    // Beside the vendors' roots, never instead of them; what is verified under it says that it was simulated.
    private async Task<TrustAnchors> Anchors(Invocation call, CancellationToken cancellation)
    {
        var vendors = new TrustAnchors { UvmIssuers = [.. UvmIssuer.Azure, .. Endorsers(call)] };
        if (call.Get(developmentRoot) is not { } file) return vendors;
        var roots = CertificateFile.Parse(await call.Read(file, CertificateFile.MaximumSize, cancellation));
        return roots is [var root]
            ? vendors with { Snp = SnpTrustAnchors.Amd.WithSimulatedRoot(root) }
            : throw CommandFailedException.Usage("root-ambiguous", $"holds {roots.Count} certificates where one root was expected, {file}");
    }

    private IEnumerable<UvmIssuer> Endorsers(Invocation call) => (call.Get(endorsers) ?? []).Select(named => named.Split('=', 2) is [{ Length: > 0 } feed, { Length: > 0 } did]
        ? new UvmIssuer(DidX509.Parse(did).Text, feed, call.Get(minimumSvn))
        : throw CommandFailedException.Usage("endorser-invalid", $"is not feed=did, --endorser {named}"));

    private async Task<AppraisalPolicy> Policy(Invocation call, CancellationToken cancellation)
    {
        if (call.Get(policy) is not { } file) return AppraisalPolicy.GenuineGuests;
        var bytes = await call.Read(file, AppraisalPolicy.MaximumSize, cancellation);
        return bytes.AsSpan().TrimStart(" \t\r\n"u8) is [(byte)'{', ..]
            ? AppraisalPolicy.Parse(bytes)
            : AppraisalPolicy.GenuineGuests with { ClaimRules = PolicyDocument.Of(MaaPolicy.Parse(Encoding.UTF8.GetString(bytes))) };
    }

    private async Task<IReadOnlyList<TransparencyLedger>> Ledgers(Invocation call, CancellationToken cancellation)
    {
        List<TransparencyLedger> known = [];
        foreach (var named in call.Get(ledgers) ?? [])
        {
            if (named.Split('=', 2) is not [{ Length: > 0 } issuer, { Length: > 0 } file])
                throw CommandFailedException.Usage("ledger-invalid", $"is not issuer=file, --ledger {named}");
            known.Add(new TransparencyLedger(issuer, Jwks.Parse(await call.Read(file, Jwks.MaximumJsonLength, cancellation))));
        }

        return known;
    }

    private DateTimeOffset Time(Invocation call)
    {
        if (call.Get(at) is not { } text) return call.Time.GetUtcNow();
        string[] forms = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mmK"];
        return DateTimeOffset.TryParseExact(text, forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw CommandFailedException.Usage("time-invalid", $"is not a time, --at {text}", "for example --at 2026-01-31T12:00:00Z");
    }
}
