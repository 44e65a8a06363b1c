using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Cove.Bench.Attestation;
using Cove.Formats.Certificates;
using Cove.Formats.Jose;
using Cove.Runtime.Simulation;

namespace Cove.Bench.Keys;

/// <summary>
/// Releases a second of the key service as a process of its own, each with its record in the audit log on disk: asked by 64 clients over TLS, with a token that
/// our attestation service issued for a simulated processor's report.
/// </summary>
internal static class ReleaseThroughput
{
    private const string Issuer = "https://identity.bench";

    public static void Run() => RunAsync().GetAwaiter().GetResult();

    /// <summary>How often a processor second has room for what no release can do without: the attestation token is verified, the key wrapped and the answer
    /// signed with RSA; the access token is verified with ECDSA.</summary>
    private static double Yardstick()
    {
        var (rsaPublic, rsaPrivate) = (OpenSslSpeed.Operations("rsa2048", column: "verify/s"), OpenSslSpeed.Operations("rsa2048", column: "sign/s"));
        var ecdsa = OpenSslSpeed.Operations("ecdsap256", column: "verify/s");
        var all = 1 / (2 / rsaPublic + 1 / rsaPrivate + 1 / ecdsa);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  openssl speed, one core: {rsaPublic:F0} RSA-2048 verifications (two), {rsaPrivate:F0} signatures, {ecdsa:F0} P-256 verifications, {all:F0} of all a processor second"));
        return all;
    }

    private static async Task RunAsync()
    {
        var before = Yardstick();
        var folder = Directory.CreateTempSubdirectory("cove-bench-");
        List<Process> services = [];
        try
        {
            using var ca = CertificateAuthority.Create("bench", ["localhost"], TimeProvider.System.GetUtcNow());
            using var authority = new SimulatedAuthority(TimeProvider.System);
            using var chip = authority.MakeChip(SimulatedChip.CurrentTcb);
            using var identity = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var workload = RSA.Create(2048);
            var (attestation, vault) = (ServiceLoad.FreeUrl(), ServiceLoad.FreeUrl());
            services.Add(await ServiceThroughput.StartAsync(folder.FullName, attestation, ca, authority));
            services.Add(await StartAsync(folder.FullName, vault, attestation, ca, identity));
            using var client = Client(vault, ca.Certificate, identity);
            await CreateAsync(client, attestation);
            var release = new JsonObject { ["target"] = await TokenAsync(attestation, ca.Certificate, chip, workload) }.ToJsonString();
            var load = await ServiceLoad.MeasureAsync(services[1], () => Client(vault, ca.Certificate, identity), c => c.PostAsync("/keys/bench/release?api-version=7.4", Json(release)));
            // Before and after, because the machine has other things to do, and not the same all the time.
            var yardstick = (before + Yardstick()) / 2;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {ServiceLoad.Clients} clients over TLS: {load.PerSecond:F0} releases a second, p50 {load.P50:F1} ms, p99 {load.P99:F1} ms"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  the service alone: {load.PerProcessorSecond:F0} releases a processor second, {yardstick / load.PerProcessorSecond:F2} times the cost of the RSA and ECDSA operations"));
            await StagesAsync(services[1], () => Client(vault, ca.Certificate, identity), 1 / yardstick, 1 / load.PerProcessorSecond);
        }
        finally
        {
            foreach (var service in services)
            {
                service.Kill();
                await service.WaitForExitAsync();
                service.Dispose();
            }

            folder.Delete(recursive: true);
        }
    }

    /// <summary>What a release's processor time goes into, by requests that do only a part of it.</summary>
    private static async Task StagesAsync(Process service, Func<HttpClient> connect, double operations, double release)
    {
        var nothing = await ServiceLoad.MeasureAsync(service, connect, c => c.GetAsync("/health"));
        var read = await ServiceLoad.MeasureAsync(service, connect, c => c.GetAsync("/keys/bench?api-version=7.4"));
        var (http, key) = (1 / nothing.PerProcessorSecond, 1 / read.PerProcessorSecond);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  of its {1000 * release:F3} ms: HTTP over TLS {1000 * http:F3}, the access token and the key's row {1000 * (key - http):F3}, attestation, wrapping, signature and audit record {1000 * (release - key):F3}; openssl's operations {1000 * operations:F3}"));
    }

    private static async Task<Process> StartAsync(string folder, Uri vault, Uri attestation, CertificateAuthority ca, ECDsa identity)
    {
        string In(string name) => Path.Combine(folder, name);
        await File.WriteAllTextAsync(In("ca.pem"), ca.Certificate.ExportCertificatePem());
        await File.WriteAllBytesAsync(In("issuer.json"), new Jwks([EcJwk.FromEcdsa(identity, false, keyId: "identity")]).ToJson());
        PrivateFile.Write(In("master.key"), RandomNumberGenerator.GetBytes(32));
        return await ServiceLoad.StartAsync("Cove.KeyService", [
            "--listen", $"127.0.0.1:{vault.Port}", "--vault-url", vault.AbsoluteUri, "--data", In("keys"), "--tls-certificate", In("server.pem"), "--tls-key", In("server.key"),
            "--authority", $"{attestation.AbsoluteUri.TrimEnd('/')}={In("ca.pem")}", "--access-issuer", $"{Issuer}={In("issuer.json")}", "--master-key", In("master.key")]);
    }

    private static HttpClient Client(Uri vault, X509Certificate2 root, ECDsa identity)
    {
        var client = ServiceLoad.Client(vault, root);
        var token = new AccessTokenIssuer(new(identity, JwsAlgorithm.ES256), "identity", Issuer, TimeProvider.System).Mint("https://vault.azure.net", "bench", ["key-owner"], TimeSpan.FromHours(1));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    private static async Task CreateAsync(HttpClient client, Uri attestation)
    {
        var policy = $$"""{"version":"1.0.0","anyOf":[{"authority":"{{attestation.AbsoluteUri.TrimEnd('/')}}","allOf":[{"claim":"x-ms-attestation-type","equals":"sevsnpvm"}]}]}""";
        var request = new JsonObject
        {
            ["kty"] = "oct-HSM",
            ["attributes"] = new JsonObject { ["exportable"] = true },
            ["release_policy"] = new JsonObject { ["data"] = Base64Url.Encode(Encoding.UTF8.GetBytes(policy)) },
        };
        using var answer = await client.PostAsync("/keys/bench/create?api-version=7.4", Json(request.ToJsonString()));
        answer.EnsureSuccessStatusCode();
    }

    private static async Task<string> TokenAsync(Uri attestation, X509Certificate2 root, SimulatedChip chip, RSA workload)
    {
        var keys = new JsonObject { ["keys"] = new JsonArray(JsonNode.Parse(RsaJwk.FromRsa(workload, false, keyId: "w", keyOperations: ["encrypt"]).ToJson(false))) };
        using var client = ServiceLoad.Client(attestation, root);
        using var answer = await client.PostAsync("/attest/SevSnpVm?api-version=2022-08-01", Json(ServiceThroughput.Body(chip, Encoding.UTF8.GetBytes(keys.ToJsonString()))));
        var body = await answer.Content.ReadAsStringAsync();
        return answer.StatusCode == HttpStatusCode.OK ? JsonNode.Parse(body)!["token"]!.GetValue<string>() : throw new InvalidOperationException(body);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
