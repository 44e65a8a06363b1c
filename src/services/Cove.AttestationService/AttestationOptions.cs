using System.Globalization;
using Cove.Attestation;
using Cove.Attestation.Dcap;
using Cove.Attestation.Snp;
using Cove.AttestationService.Policies;
using Cove.AttestationService.Signing;
using Cove.Formats.Der;
using Cove.Formats.Jose;
using Cove.Hosting;
using Cove.Hosting.CommandLine;
using Cove.Hosting.Storage;
using Cove.Outcomes;

namespace Cove.AttestationService;

/// <summary>What the command line says.</summary>
internal sealed record AttestationOptions(ShellOptions Shell, Uri Issuer, DatabaseOptions Database, SnpTrustAnchors Anchors, IReadOnlyList<AccessIssuer> AccessIssuers)
{
    public const string Usage =
        "Cove.AttestationService --listen ADDRESS:PORT --issuer HTTPS-URL (--data FOLDER | --postgres FILE) --tls-certificate PEM --tls-key PEM [--development-root PEM]... [--access-issuer ISSUER=JWKS-FILE]... [--master-key FILE] [--key-days DAYS] [--policy-certificates PEM] [--collateral FOLDER] [--pccs intel|azure|HTTPS-URL --cache FOLDER] [--appraisal-policy FILE] [--development-dcap-root PEM]...";

    /// <summary>The key under which signing keys are sealed at rest; null keeps them as they are, in a file of the service's owner alone.</summary>
    public string? MasterKeyFile { get; init; }

    /// <summary>Roots of SGX and TDX platforms.</summary>
    public DcapTrustAnchors QuoteAnchors { get; init; } = DcapTrustAnchors.Intel;

    /// <summary>Where collateral for quotes is; null where there is none, and then no quote is attested.</summary>
    public string? CollateralFolder { get; init; }

    /// <summary>Who is asked for collateral that is not in the folder; null for nobody.</summary>
    public PcsService? CollateralService { get; init; }

    /// <summary>Where answers of <see cref="CollateralService"/> are kept.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>What is acceptable whatever policies say.</summary>
    public AppraisalPolicy Appraisal { get; init; } = AppraisalPolicy.GenuineGuests;

    /// <summary>The certificates that make a new service isolated; none leave it as it is.</summary>
    public IReadOnlyList<Certificate> PolicyCertificates { get; init; } = [];

    /// <summary>How long a signing key signs.</summary>
    public TimeSpan KeyPeriod { get; init; } = KeySchedule.DefaultPeriod;

    public static AttestationOptions Parse(IReadOnlyList<string> args)
    {
        var arguments = ServiceArguments.Parse(args, [.. ShellOptions.CommonOptions, .. DatabaseOptions.Names, "--issuer", "--development-root", "--access-issuer", "--master-key", "--key-days", "--policy-certificates", "--collateral", "--pccs", "--cache", "--appraisal-policy", "--development-dcap-root"], ShellOptions.CommonSwitches, Usage);
        var issuer = arguments.RequiredHttpsUrl("--issuer");
        var anchors = SnpTrustAnchors.Amd;
        foreach (var path in arguments.All("--development-root")) anchors = anchors.WithSimulatedRoot(ReadRoot("--development-root", arguments.CheckFile("--development-root", path)));
        var database = DatabaseOptions.From(arguments, Usage);
        var masterKey = arguments.Optional("--master-key");
        if (database.IsShared && masterKey is null)
            throw new UsageException("--postgres needs --master-key: the database's administrators would have the signing keys", "head -c 32 /dev/urandom > FILE; chmod 600 FILE, the same file for every instance");
        return new AttestationOptions(ShellOptions.From(arguments, issuer), issuer, database, anchors, [.. arguments.All("--access-issuer").Select(value => ReadIssuer(arguments, value))])
        {
            MasterKeyFile = masterKey is null ? null : arguments.CheckFile("--master-key", masterKey),
            PolicyCertificates = arguments.Optional("--policy-certificates") is { } pem ? ReadCertificates("--policy-certificates", arguments.CheckFile("--policy-certificates", pem)) : [],
            QuoteAnchors = ReadQuoteAnchors(arguments),
            CollateralFolder = arguments.Optional("--collateral") is { } folder ? CheckFolder(folder) : null,
            CollateralService = arguments.Optional("--pccs") is { } pccs ? ReadService(arguments, pccs) : null,
            CacheFolder = arguments.Optional("--pccs") is null ? null : arguments.Required("--cache"),
            Appraisal = arguments.Optional("--appraisal-policy") is { } appraisal ? ReadAppraisal(arguments.CheckFile("--appraisal-policy", appraisal)) : AppraisalPolicy.GenuineGuests,
            KeyPeriod = arguments.Optional("--key-days") is { } days ? ReadPeriod(days) : KeySchedule.DefaultPeriod,
        };
    }

    private static DcapTrustAnchors ReadQuoteAnchors(ServiceArguments arguments)
    {
        var anchors = DcapTrustAnchors.Intel;
        foreach (var path in arguments.All("--development-dcap-root")) anchors = anchors.WithSimulatedRoot(ReadRoot("--development-dcap-root", arguments.CheckFile("--development-dcap-root", path)));
        return anchors;
    }

    private static string CheckFolder(string path) => Directory.Exists(path) ? path : throw new UsageException($"--collateral names {path}, which is not a folder that is there", Usage);

    private static PcsService ReadService(ServiceArguments arguments, string text) => text switch
    {
        "intel" => PcsService.Intel,
        "azure" => PcsService.AzureThim,
        _ => PcsService.Cache(arguments.CheckHttpsUrl("--pccs", text)),
    };

    private static AppraisalPolicy ReadAppraisal(string path)
    {
        try
        {
            var policy = AppraisalPolicy.Parse(File.ReadAllBytes(path));
            return policy.ClaimRules is null
                ? policy
                : throw new UsageException($"--appraisal-policy {path} has claimRules", "rules over claims are the policies that owners set at /policies");
        }
        catch (MalformedException bad)
        {
            throw new UsageException($"--appraisal-policy {path} cannot be read: {bad.Message}", "docs/guides/verify-evidence.md shows such a file");
        }
    }

    private static TimeSpan ReadPeriod(string days) =>
        int.TryParse(days, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= KeySchedule.ShortestPeriod.Days && number <= KeySchedule.LongestPeriod.Days
            ? TimeSpan.FromDays(number)
            : throw new UsageException($"--key-days is {days}, expected {KeySchedule.ShortestPeriod.Days} to {KeySchedule.LongestPeriod.Days}", Usage);

    private static AccessIssuer ReadIssuer(ServiceArguments arguments, string value)
    {
        // At the last equals sign: a URL may hold one.
        var at = value.LastIndexOf('=');
        if (at <= 0) throw new UsageException($"--access-issuer is {value}, expected ISSUER=JWKS-FILE", Usage);
        var file = arguments.CheckFile("--access-issuer", value[(at + 1)..]);
        try
        {
            return new AccessIssuer(value[..at], Jwks.Parse(File.ReadAllBytes(file)));
        }
        catch (MalformedException bad)
        {
            throw new UsageException($"--access-issuer names {file}: {bad.Message}", Usage);
        }
    }

    private static Certificate ReadRoot(string option, string path) => ReadCertificates(option, path) is [var root]
        ? root
        : throw new UsageException($"{option} {path} holds more than one certificate", "give the root alone");

    private static IReadOnlyList<Certificate> ReadCertificates(string option, string path)
    {
        try
        {
            return CertificatePem.Parse(File.ReadAllBytes(path));
        }
        catch (MalformedException bad)
        {
            throw new UsageException($"{option} {path} cannot be read: {bad.Message}", "give certificates in PEM");
        }
    }
}
