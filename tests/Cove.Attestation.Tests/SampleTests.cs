using System.Diagnostics;
using System.Text;
using Cove.Attestation.Snp;
using Cove.Attestation.Tests.Snp;
using Cove.Formats.Der;

namespace Cove.Attestation.Tests;

/// <summary>The sample, as a reader runs it.</summary>
public sealed class SampleTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("cove-sample-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Twenty_lines_accept_a_report_under_the_expected_policy_and_no_other()
    {
        var report = Known.Bytes("coco-trustee/snp/e2e-genoa-report.rebuilt.bin");
        var chain = CertificatePem.Write(Known.Certificates("coco-trustee/snp/e2e-genoa-vcek.der", "google-go-sev-guest/trust/ask_ark_genoa.pem"));
        var hostData = Convert.ToHexStringLower(SnpReport.Parse(report).HostData);
        var (exit, said) = await Run(report, chain, hostData);
        Assert.True(exit == 0 && said.StartsWith("accepted, measurement ", StringComparison.Ordinal), said);
        (exit, said) = await Run(report, chain, new string('1', hostData.Length));
        Assert.True(exit == 3 && said.StartsWith("host-data-not-accepted", StringComparison.Ordinal), said);
        report[0x90] ^= 1;
        (exit, said) = await Run(report, chain, hostData);
        Assert.True(exit == 3 && said.StartsWith("report-signature-invalid", StringComparison.Ordinal), said);
    }

    [Fact]
    public void It_has_twenty_lines()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Cove.slnx"))) at = at.Parent!;
        Assert.Equal(20, File.ReadAllLines(Path.Combine(at.FullName, "samples", "verify-in-20-lines", "Program.cs")).Length);
    }

    private async Task<(int Exit, string Said)> Run(byte[] report, string chain, string hostData)
    {
        string reportFile = Path.Combine(folder.FullName, "report.bin"), chainFile = Path.Combine(folder.FullName, "chain.pem");
        await File.WriteAllBytesAsync(reportFile, report);
        await File.WriteAllTextAsync(chainFile, chain, Encoding.ASCII);
        var start = new ProcessStartInfo(Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath! : "dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var word in (string[])[Path.Combine(AppContext.BaseDirectory, "verify-in-20-lines.dll"), reportFile, chainFile, hostData]) start.ArgumentList.Add(word);
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, said);
    }
}
