using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;

namespace Cove.Tests;

/// <summary>A real blob server: Azurite, on a port of its own with a folder of its own. Over TLS it also takes access tokens.</summary>
internal sealed partial class Azurite : IAsyncDisposable
{
    public const string Account = "devstoreaccount1";
    private readonly Process process;

    private Azurite(Process process) => this.process = process;

    /// <summary>The key that every Azurite has.</summary>
    public static byte[] Key => Convert.FromBase64String("Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==");

    /// <summary>Its process, for tests that kill it.</summary>
    public Process Process => process;

    public required int Port { get; init; }

    /// <summary>The certificate it is trusted by; null where it speaks plain HTTP.</summary>
    public X509Certificate2? Certificate { get; private init; }

    public string Url(string blob) => $"{(Certificate is null ? "http" : "https")}://127.0.0.1:{Port}/{Account}/{blob}";

    /// <summary>A token as Azure's own directory issues them, which this server reads and does not verify.</summary>
    public static string Token(string audience)
    {
        var claims = $$"""{"iss":"https://sts.windows.net/00000000-0000-0000-0000-000000000000/","aud":"{{audience}}","nbf":1,"iat":1,"exp":4102444800,"appid":"test"}""";
        string Part(string text) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
        return $"{Part("""{"alg":"RS256","typ":"JWT"}""")}.{Part(claims)}.{Part("signature")}";
    }

    public static async Task<Azurite> StartAsync(bool tls = false)
    {
        var program = Program() ?? throw new InvalidOperationException("Azurite is not installed");
        var certificate = tls ? CreateCertificate() : null;
        var folder = Directory.CreateTempSubdirectory("cove-azurite-data-").FullName;
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = folder };
        foreach (var argument in new[] { program, "--blobHost", "127.0.0.1", "--blobPort", "0", "--location", folder, "--disableTelemetry" }) start.ArgumentList.Add(argument);
        if (certificate is not null)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "cert.pem"), certificate.ExportCertificatePem());
            await File.WriteAllTextAsync(Path.Combine(folder, "key.pem"), certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
            foreach (var argument in new[] { "--oauth", "basic", "--cert", Path.Combine(folder, "cert.pem"), "--key", Path.Combine(folder, "key.pem") }) start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        _ = process.StandardError.ReadToEndAsync();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Listening().Match(line) is not { Success: true } match) continue;
            _ = process.StandardOutput.ReadToEndAsync();
            return new Azurite(process) { Port = int.Parse(match.Groups["port"].Value), Certificate = certificate };
        }

        throw new InvalidOperationException("Azurite did not start");
    }

    /// <summary>A client that trusts this server.</summary>
    public HttpClient Client() => new(new SocketsHttpHandler
    {
        SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => Certificate is not null && shown?.GetCertHashString() == Certificate.GetCertHashString() },
    });

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        var data = process.StartInfo.WorkingDirectory;
        process.Dispose();
        Certificate?.Dispose();
        Directory.Delete(data, recursive: true);
    }

    /// <summary>Skips where it is not installed.</summary>
    public static void Require() => Assert.SkipUnless(Program() is not null, "Azurite is not installed (eng/azurite/install artifacts/product/azurite)");

    /// <summary>Its script; null where it is not installed.</summary>
    public static string? Program()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Cove.slnx"))) continue;
            var installed = Path.Combine(folder.FullName, "artifacts", "product", "azurite", "node_modules");
            return File.Exists(Path.Combine(installed, ".package-lock.json")) ? Path.Combine(installed, "azurite", "dist", "src", "blob", "main.js") : null;
        }

        throw new InvalidOperationException("the tests do not lie in a checkout");
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(100));
    }

    [GeneratedRegex(@"successfully listens on https?://127\.0\.0\.1:(?<port>[0-9]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Listening();
}
