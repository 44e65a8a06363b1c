using Cove.Attestation.Snp;
using Cove.Formats.Der;
using Cove.Outcomes;
using Cove.Runtime.Simulation;

namespace Cove.Attestation.Tests.Simulation;

public sealed class SimulatedChipStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cove-chip-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Several_that_open_it_at_once_get_one_chip_that_only_its_owner_can_read()
    {
        var folder = Path.Combine(_folder, "processor");
        var chips = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => new SimulatedChipStore(folder, TimeProvider.System).Open())));
        Assert.Single(chips.Select(chip => Convert.ToHexString(chip.Certificate.Certificate.PublicKeyHash())).Distinct());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "chip.pem")));
        Assert.Equal(["chip.pem", "root.pem"], Directory.GetFiles(folder).Select(Path.GetFileName).Order());

        var root = Assert.Single(CertificatePem.Parse(File.ReadAllBytes(Path.Combine(folder, "root.pem"))));
        var verifier = new EvidenceVerifier(TrustAnchors.Vendors with { Snp = SnpTrustAnchors.Amd.WithSimulatedRoot(root) });
        foreach (var chip in chips)
        {
            var report = SimulatedProcessor.Launch(chip, new SimulatedLaunch(new byte[48], new byte[32], SimulatedLaunch.ContainerGroupPolicy)).GetReport(new byte[64], 0);
            Assert.True(verifier.Verify(new SnpEvidence(report, chip.Certification.Certificates), Collateral.None, TimeProvider.System.GetUtcNow()).IsAccepted(out _, out _));
            chip.Dispose();
        }

        File.SetUnixFileMode(Path.Combine(folder, "chip.pem"), UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Throws<MalformedException>(() => new SimulatedChipStore(folder, TimeProvider.System).Open());
    }

    [Fact]
    public void A_file_that_is_no_chip_is_refused_and_kept()
    {
        var path = Path.Combine(_folder, "chip.pem");
        File.WriteAllText(path, "something else");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Throws<MalformedException>(() => new SimulatedChipStore(_folder, TimeProvider.System).Open());
        Assert.Equal("something else", File.ReadAllText(path));
    }
}
