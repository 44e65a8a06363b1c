using System.Net.Sockets;
using System.Text.Json;
using Cove.Formats.Der;
using Cove.Protocol.Launch;
using Cove.Protocol.SecureProcessor;
using Cove.Tests;

namespace Cove.Cli.Tests.Commands;

/// <summary>Evidence of a group whose processor answers, here with a recorded report.</summary>
public sealed class EvidenceGetTests : IDisposable
{
    private readonly Desk desk = new();

    public void Dispose() => desk.Dispose();

    [Fact]
    public async Task Evidence_of_a_running_group_is_what_verify_reads()
    {
        var report = await File.ReadAllBytesAsync(Vectors.Path("attestation", "coco-trustee", "snp", "test-report.bin"));
        WriteChip();
        WriteGroup("web");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(desk.Path("home", "groups", "web", GroupState.ProcessorSocketName)));
        listener.Listen();
        var answering = Answer(listener, report);

        var got = await desk.Cove("evidence", "get", "web", "--report-data", "0011ff", "-o", "evidence.json");
        Assert.Equal((0, ""), (got.Exit, got.Error));
        Assert.Equal([0x00, 0x11, 0xff, 0x00], (await answering)[..4]);
        Assert.Contains("SIMULATED", got.Out, StringComparison.Ordinal);

        var verified = await desk.Cove("verify", "evidence.json", "--at", "2024-01-01");
        Assert.Equal(0, verified.Exit);
        Assert.DoesNotContain("PRIVATE", await File.ReadAllTextAsync(desk.Path("evidence.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_that_does_not_run_has_no_evidence()
    {
        WriteGroup("web");
        Assert.Equal(5, (await desk.Cove("evidence", "get", "web")).Exit);
        Assert.Equal(2, (await desk.Cove("evidence", "get", "nothing")).Exit);
        Assert.Equal(2, (await desk.Cove("evidence", "get", "web", "--report-data", "xy")).Exit);
    }

    private static async Task<byte[]> Answer(Socket listener, byte[] report)
    {
        using var socket = await listener.AcceptAsync();
        await using var stream = new NetworkStream(socket);
        var request = (ReportRequest?)await ProcessorFraming.ReadRequestAsync(stream);
        await ProcessorFraming.WriteResponseAsync(stream, ReportResponse.Of(report));
        return request!.ReportData.ToArray();
    }

    private void WriteChip()
    {
        using var key = System.Security.Cryptography.ECDsa.Create();
        var vcek = Certificate.Parse(File.ReadAllBytes(Vectors.Path("attestation", "coco-trustee", "snp", "test-vcek.der")));
        var chain = File.ReadAllText(Vectors.Path("attestation", "google-go-sev-guest", "trust", "ask_ark_milan.pem"));
        desk.Write("home/processor/chip.pem", key.ExportPkcs8PrivateKeyPem() + "\n" + CertificatePem.Write([vcek]) + chain);
    }

    private void WriteGroup(string name) => desk.Write($"home/groups/{name}/{GroupState.FileName}", JsonSerializer.SerializeToUtf8Bytes(
        new GroupState
        {
            Group = name,
            Isolation = "process",
            Simulated = true,
            PolicyHash = new string('a', 64),
            Measurement = new string('b', 96),
            RuntimeProcess = 0,
            Launched = DateTimeOffset.UnixEpoch,
            Containers = [],
        },
        LaunchJson.Default.GroupState));
}
