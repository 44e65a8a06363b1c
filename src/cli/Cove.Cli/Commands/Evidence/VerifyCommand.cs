using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Cove.Attestation;
using Cove.Attestation.Claims;
using Cove.Attestation.Snp;
using Cove.Cli.Evidence;
using Cove.Cli.Output;
using Cove.Cli.Shell;
using Cove.Formats.Der;

namespace Cove.Cli.Commands.Evidence;

internal sealed class VerifyCommand : CoveCommand
{
    private readonly Argument<string> evidence = new("evidence") { Description = "an SNP report (binary, hex or base64) or an attestation request; - is standard input" };
    private readonly Option<string[]> certificates = new("--certs", "--certificates")
    {
        HelpName = "file", Description = "VCEK or VLEK, ASK and ARK in any order: PEM, DER, or the host's THIM JSON; may be given several times", AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string?> at = new("--at") { HelpName = "time", Description = "verify as of this time, e.g. 2026-01-31 or 2026-01-31T12:00:00Z; by default now" };
    private readonly Option<string?> hostData = new("--host-data") { HelpName = "hex", Description = "accept this HOST_DATA only: the hash of a container policy" };
    private readonly Option<string?> measurement = new("--measurement") { HelpName = "hex", Description = "accept this MEASUREMENT only" };
    private readonly Option<string?> reportData = new("--report-data") { HelpName = "hex", Description = "accept this REPORT_DATA only: 64 bytes, or fewer for its beginning with zeros after" };
    private readonly Option<string?> developmentRoot = new("--development-root") { HelpName = "file", Description = "PEM of a simulated processor's root: its evidence is then told apart, not refused" };

    public VerifyCommand()
        : base("verify", "verify evidence: is it genuine, and is it acceptable?")
    {
        Add(evidence);
        foreach (var option in (Option[])[certificates, at, hostData, measurement, reportData, developmentRoot]) Add(option);
        Details = "Genuine: signed by a processor whose certificates lead to one of AMD's roots, which cove knows by their keys. Acceptable: no debugging, no migration agent, "
            + "privilege level 0, and the values that you name. Nothing is fetched. Exit code 0 accepted, 3 rejected (every reason is listed), 4 not a report at all.";
        Example("cove verify report.bin --certs vcek.der --certs ask_ark.pem", "a report and AMD's certificates for its chip");
        Example("cove verify report.bin --certs thim.json --host-data $(cove policy generate -a template.json --hash)", "the group runs under exactly this policy");
        Example("cove verify evidence.json --at 2026-01-31", "an attestation request as recorded, at that time");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var path = call.Get(evidence);
        var given = EvidenceFile.Parse(await call.Read(path, EvidenceFile.MaximumSize, cancellation));
        var collateral = new Collateral { Certificates = await Certificates(call, cancellation) };
        var anchors = await Anchors(call, cancellation);
        var report = SnpReport.Parse(given.Report.Span);
        var verdict = new EvidenceVerifier(anchors).Verify(given, collateral, Time(call));
        if (!verdict.IsAccepted(out var genuine, out var findings))
        {
            var next = findings.Any(f => f.Code == "certificate-chain-incomplete") ? $"cove verify {path} --certs FILE" : null;
            return Answer.Rejected($"the SEV-SNP report is not genuine, {path}", SnpChecks.Genuine(report, findings, given.RuntimeData is not null), findings, next);
        }

        var checks = SnpChecks.Genuine(report, [], given.RuntimeData is not null);
        var policy = Policy(call);
        if (!policy.Appraise(genuine).IsAccepted(out var claims, out findings))
            return Answer.Rejected($"the SEV-SNP report is genuine, but not acceptable, {path}", [.. checks, .. SnpChecks.Acceptable(report, policy.Snp!, findings)], findings);
        return Accepted((VerifiedSnpEvidence)genuine, claims, [.. checks, .. SnpChecks.Acceptable(report, policy.Snp!, [])]);
    }

    private static Answer Accepted(VerifiedSnpEvidence genuine, ClaimSet claims, Check[] checks) => Answer.Of(
        page =>
        {
            var product = genuine.IsSimulated ? "a SIMULATED processor, which protects nothing" : $"an AMD {genuine.Product} processor";
            VerdictPage.WriteAccepted(page, $"SEV-SNP report of {product}, firmware {genuine.ReportedTcb}", checks, null);
        },
        writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("verdict", "accepted");
            writer.WriteBoolean("simulated", genuine.IsSimulated);
            writer.WriteString("product", genuine.Product.ToString());
            writer.WriteString("verifiedAt", genuine.VerifiedAt);
            WriteChecks(writer, checks);
            writer.WriteStartObject("claims");
            foreach (var (name, value) in claims.Claims)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        });

    private static void WriteChecks(Utf8JsonWriter writer, Check[] checks)
    {
        writer.WriteStartArray("checks");
        foreach (var check in checks)
        {
            writer.WriteStartObject();
            writer.WriteString("name", check.Name);
            if (check.Passed is { } passed) writer.WriteBoolean("passed", passed);
            else writer.WriteNull("passed");
            writer.WriteString("found", check.Found);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private async Task<IReadOnlyList<Certificate>> Certificates(Invocation call, CancellationToken cancellation)
    {
        var all = new List<Certificate>();
        foreach (var file in call.Get(certificates) ?? [])
            all.AddRange(CertificateFile.Parse(await call.Read(file, CertificateFile.MaximumSize, cancellation)));
        return all;
    }

    // Beside AMD's roots, never instead of them; what is verified under it says that it was simulated.
    private async Task<TrustAnchors> Anchors(Invocation call, CancellationToken cancellation)
    {
        if (call.Get(developmentRoot) is not { } file) return TrustAnchors.Vendors;
        var roots = CertificateFile.Parse(await call.Read(file, CertificateFile.MaximumSize, cancellation));
        return roots is [var root]
            ? new TrustAnchors { Snp = SnpTrustAnchors.Amd.WithSimulatedRoot(root) }
            : throw CommandFailedException.Usage("root-ambiguous", $"holds {roots.Count} certificates where one root was expected, {file}");
    }

    private AppraisalPolicy Policy(Invocation call)
    {
        var strict = AppraisalPolicy.GenuineGuests;
        return strict with
        {
            Snp = strict.Snp! with
            {
                HostData = Reference(call, hostData, 32, pad: false),
                Measurement = Reference(call, measurement, 48, pad: false),
                ReportData = Reference(call, reportData, ReportData.Size, pad: true),
            },
        };
    }

    private static ReferenceValues Reference(Invocation call, Option<string?> option, int size, bool pad)
    {
        if (call.Get(option) is not { } hex) return ReferenceValues.Any;
        if (hex.Length % 2 != 0 || !hex.All(char.IsAsciiHexDigit) || hex.Length > size * 2 || (!pad && hex.Length != size * 2))
            throw CommandFailedException.Usage("hex-invalid", $"is not {(pad ? "at most " : "")}{size * 2} hex digits, {option.Name} {hex}");
        var value = new byte[size];
        Convert.FromHexString(hex).CopyTo(value, 0);
        return ReferenceValues.Of(value);
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
