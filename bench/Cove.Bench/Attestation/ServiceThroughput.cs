using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Cove.Attestation;
using Cove.Formats.Certificates;
using Cove.Formats.Der;
using Cove.Formats.Jose;
using Cove.Runtime.Simulation;

namespace Cove.Bench.Attestation;

/// <summary>Tokens a second of the attestation service as a process of its own, asked by many clients at once over TLS, each on a connection of its own.</summary>
internal static class ServiceThroughput
{
    public static void Run()
    {
        var (verify, sign) = (OpenSslSpeed.Operations("ecdsap384", column: "verify/s"), OpenSslSpeed.Operations("rsa2048", column: "sign/s"));
        var yardstick = 1 / (1 / verify + 1 / sign);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  openssl speed, one core: {verify:F0} P-384 verifications, {sign:F0} RSA-2048 signatures, {yardstick:F0} of both a processor second"));
        RunAsync(yardstick).GetAwaiter().GetResult();
    }

    private static async Task RunAsync(double yardstick)
    {
        var folder = Directory.CreateTempSubdirectory("cove-bench-");
        try
        {
            var now = TimeProvider.System.GetUtcNow();
            using var ca = CertificateAuthority.Create("bench", ["localhost"], now);
            using var authority = new SimulatedAuthority(TimeProvider.System);
            using var chip = authority.MakeChip(SimulatedChip.CurrentTcb);
            var url = ServiceLoad.FreeUrl();
            using var service = await StartAsync(folder.FullName, url, ca, authority);
            try
            {
                await MeasureAsync(service, url, ca.Certificate, Body(chip, """{"keys":[]}"""u8), yardstick);
            }
            finally
            {
                service.Kill();
                await service.WaitForExitAsync();
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task MeasureAsync(Process service, Uri url, X509Certificate2 root, string body, double yardstick)
    {
        var load = await ServiceLoad.MeasureAsync(service, () => ServiceLoad.Client(url, root),
            client => client.PostAsync("/attest/SevSnpVm?api-version=2022-08-01", new StringContent(body, Encoding.UTF8, "application/json")));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {ServiceLoad.Clients} clients over TLS: {load.PerSecond:F0} tokens a second, p50 {load.P50:F1} ms, p99 {load.P99:F1} ms"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  the service alone: {load.PerProcessorSecond:F0} tokens a processor second, {yardstick / load.PerProcessorSecond:F2} times the cost of the two signatures"));
    }

    /// <summary>Starts the service with a simulated processor's root among those that it trusts.</summary>
    public static async Task<Process> StartAsync(string folder, Uri url, CertificateAuthority ca, SimulatedAuthority authority)
    {
        string In(string name) => Path.Combine(folder, name);
        using (var server = ca.IssueServer("localhost", ["localhost"], [IPAddress.Loopback], TimeProvider.System.GetUtcNow())) server.WriteTo(In("server.pem"), In("server.key"));
        await File.WriteAllTextAsync(In("root.pem"), CertificatePem.Write([authority.Root]));
        return await ServiceLoad.StartAsync("Cove.AttestationService", [
            "--listen", $"127.0.0.1:{url.Port}", "--issuer", url.AbsoluteUri, "--data", In("data"), "--tls-certificate", In("server.pem"), "--tls-key", In("server.key"),
            "--development-root", In("root.pem")]);
    }

    /// <summary>A request with a fresh report of the chip.</summary>
    public static string Body(SimulatedChip chip, ReadOnlySpan<byte> runtimeData)
    {
        var launch = new SimulatedLaunch(new byte[48], new byte[32], SimulatedLaunch.ContainerGroupPolicy);
        var report = SimulatedProcessor.Launch(chip, launch).GetReport(ReportData.FromRuntimeData(runtimeData).Bytes, 0);
        var inner = new JsonObject
        {
            ["SnpReport"] = Base64Url.Encode(report),
            ["VcekCertChain"] = Base64Url.Encode(Encoding.ASCII.GetBytes(CertificatePem.Write(chip.Certification.Certificates))),
        };
        return new JsonObject
        {
            ["report"] = Base64Url.Encode(Encoding.UTF8.GetBytes(inner.ToJsonString())),
            ["runtimeData"] = new JsonObject { ["data"] = Base64Url.Encode(runtimeData), ["dataType"] = "JSON" },
        }.ToJsonString();
    }
}
