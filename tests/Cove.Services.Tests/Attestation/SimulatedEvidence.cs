using System.Text;
using System.Text.Json.Nodes;
using Cove.Attestation;
using Cove.Formats.Der;
using Cove.Runtime.Simulation;

[assembly: AssemblyFixture(typeof(Cove.Services.Tests.Attestation.SimulatedEvidence))]

namespace Cove.Services.Tests.Attestation;

/// <summary>A simulated chip, and requests to attest what runs on it, in the form of the SKR sidecar.</summary>
public sealed class SimulatedEvidence : IDisposable
{
    public const string RuntimeDataJson = """{"keys":[{"key_ops":["encrypt"],"kid":"k","kty":"RSA"}],"note":"a<b"}""";

    public static readonly byte[] HostData = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cove-sim-");
    private readonly SimulatedAuthority _authority = new(TimeProvider.System);

    public SimulatedEvidence()
    {
        Chip = _authority.MakeChip(SimulatedChip.CurrentTcb);
        RootFile = Path.Combine(_folder.FullName, "root.pem");
        File.WriteAllText(RootFile, CertificatePem.Write([_authority.Root]));
    }

    public SimulatedChip Chip { get; }

    public string RootFile { get; }

    /// <summary>A request body; <paramref name="change"/> may spoil it.</summary>
    public string Request(Action<JsonObject>? change = null, ulong extraPolicy = 0, uint vmpl = 0)
    {
        var launch = new SimulatedLaunch(new byte[48], HostData, new(SimulatedLaunch.ContainerGroupPolicy.Value | extraPolicy));
        var report = SimulatedProcessor.Launch(Chip, launch).GetReport(ReportData.FromRuntimeData(Encoding.UTF8.GetBytes(RuntimeDataJson)).Bytes, vmpl);
        return Request(report, change);
    }

    public string Request(byte[] report, Action<JsonObject>? change = null)
    {
        var inner = new JsonObject
        {
            ["SnpReport"] = Padded(report),
            ["VcekCertChain"] = Padded(Encoding.ASCII.GetBytes(CertificatePem.Write(Chip.Certification.Certificates))),
        };
        var body = new JsonObject
        {
            ["report"] = Padded(Encoding.UTF8.GetBytes(inner.ToJsonString())),
            ["runtimeData"] = new JsonObject { ["data"] = Padded(Encoding.UTF8.GetBytes(RuntimeDataJson)), ["dataType"] = "JSON" },
            ["initTimeData"] = new JsonObject { ["data"] = "", ["dataType"] = "" },
            ["nonce"] = JsonNode.Parse("13202930541250959283"),
        };
        change?.Invoke(body);
        return body.ToJsonString();
    }

    public void Dispose()
    {
        Chip.Dispose();
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    public static string Padded(byte[] bytes) => Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_');
}
