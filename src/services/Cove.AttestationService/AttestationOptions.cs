using Cove.Attestation.Snp;
using Cove.AttestationService.Policies;
using Cove.Formats.Der;
using Cove.Formats.Jose;
using Cove.Hosting;
using Cove.Hosting.CommandLine;
using Cove.Outcomes;

namespace Cove.AttestationService;

/// <summary>What the command line says.</summary>
internal sealed record AttestationOptions(ShellOptions Shell, Uri Issuer, string DataFolder, SnpTrustAnchors Anchors, IReadOnlyList<AccessIssuer> AccessIssuers)
{
    public const string Usage =
        "Cove.AttestationService --listen ADDRESS:PORT --issuer HTTPS-URL --data FOLDER --tls-certificate PEM --tls-key PEM [--development-root PEM]... [--access-issuer ISSUER=JWKS-FILE]...";

    public static AttestationOptions Parse(IReadOnlyList<string> args)
    {
        var arguments = ServiceArguments.Parse(args, [.. ShellOptions.CommonOptions, "--issuer", "--data", "--development-root", "--access-issuer"], ShellOptions.CommonSwitches, Usage);
        var issuer = arguments.RequiredHttpsUrl("--issuer");
        var anchors = SnpTrustAnchors.Amd;
        foreach (var path in arguments.All("--development-root")) anchors = anchors.WithSimulatedRoot(ReadRoot(arguments.CheckFile("--development-root", path)));
        return new AttestationOptions(ShellOptions.From(arguments, issuer), issuer, arguments.Required("--data"), anchors, [.. arguments.All("--access-issuer").Select(value => ReadIssuer(arguments, value))]);
    }

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

    private static Certificate ReadRoot(string path)
    {
        try
        {
            return CertificatePem.Parse(File.ReadAllBytes(path)) is [var root]
                ? root
                : throw new UsageException($"--development-root {path} holds more than one certificate", "give the root alone, as the runtime writes it to root.pem");
        }
        catch (MalformedException bad)
        {
            throw new UsageException($"--development-root {path} cannot be read: {bad.Message}", "give the root certificate in PEM, as the runtime writes it to root.pem");
        }
    }
}
