using Cove.Attestation.Snp;
using Cove.Formats.Der;
using Cove.Hosting;
using Cove.Hosting.CommandLine;
using Cove.Outcomes;

namespace Cove.AttestationService;

/// <summary>What the command line says.</summary>
internal sealed record AttestationOptions(ShellOptions Shell, Uri Issuer, string DataFolder, SnpTrustAnchors Anchors)
{
    public const string Usage =
        "Cove.AttestationService --listen ADDRESS:PORT --issuer HTTPS-URL --data FOLDER --tls-certificate PEM --tls-key PEM [--development-root PEM]...";

    public static AttestationOptions Parse(IReadOnlyList<string> args)
    {
        var arguments = ServiceArguments.Parse(args, [.. ShellOptions.CommonOptions, "--issuer", "--data", "--development-root"], ShellOptions.CommonSwitches, Usage);
        var issuer = arguments.RequiredHttpsUrl("--issuer");
        var anchors = SnpTrustAnchors.Amd;
        foreach (var path in arguments.All("--development-root")) anchors = anchors.WithSimulatedRoot(ReadRoot(arguments.CheckFile("--development-root", path)));
        return new AttestationOptions(ShellOptions.From(arguments, issuer), issuer, arguments.Required("--data"), anchors);
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
