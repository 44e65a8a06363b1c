using System.Text.Json;
using Cove.Tests;

namespace Cove.Cli.Tests.Commands;

/// <summary>Reports of SEV-SNP guests, with every line that a policy brings to the table, and as Azure VMs keep them.</summary>
public sealed class VerifySnpTests : IDisposable
{
    private const string Then = "2025-06-01";
    private readonly Desk desk = new();

    public VerifySnpTests()
    {
        using var recorded = JsonDocument.Parse(File.ReadAllBytes(Repository.Path("tests", "Cove.Attestation.Tests", "Azure", "recorded-guest.json")));
        foreach (var (member, file) in (ReadOnlySpan<(string, string)>)[("hclReport", "hcl.bin"), ("vcek", "vcek.der")])
            desk.Write(file, Convert.FromHexString(recorded.RootElement.GetProperty(member).GetString()!));
        desk.Write("ask_ark.pem", File.ReadAllBytes(Vectors.Path("attestation", "google-go-sev-guest", "trust", "ask_ark_milan.pem")));
    }

    public void Dispose() => desk.Dispose();

    [Fact]
    public async Task An_Azure_VMs_HCL_report_is_verified_with_the_claims_that_it_binds()
    {
        var said = await Verify();
        Assert.True(said.Exit == 0, said.Out + said.Error);
        Assert.Contains("Azure HCL report of an AMD Milan processor", said.Out, StringComparison.Ordinal);
        Assert.Contains("its SHA-256 is in REPORT_DATA", said.Out, StringComparison.Ordinal);
        var shown = await desk.Cove("evidence", "show", "hcl.bin");
        Assert.Matches("vmUniqueId +7DF7B373-B947-4AAA-96E5-C358F2A03D20", shown.Out);
        Assert.Matches("secure-boot +true", shown.Out);
    }

    [Fact]
    public async Task An_HCL_report_with_other_claims_is_refused_and_a_cut_one_is_malformed()
    {
        var bytes = File.ReadAllBytes(desk.Path("hcl.bin"));
        bytes[1236 + 1000] ^= 1;
        desk.Write("hcl.bin", bytes);
        var said = await Verify();
        Assert.Equal(3, said.Exit);
        Assert.Contains("runtime-data-mismatch", said.Out, StringComparison.Ordinal);
        desk.Write("hcl.bin", bytes[..1300]);
        Assert.Equal(4, (await Verify()).Exit);
    }

    [Fact]
    public async Task An_HCL_report_of_a_TDX_domain_needs_its_quote()
    {
        var bytes = File.ReadAllBytes(desk.Path("hcl.bin"));
        bytes.AsSpan(32 + 1024, 160).Clear();
        bytes[1224] = 4;
        desk.Write("hcl.bin", bytes);
        var said = await Verify();
        Assert.Equal(2, said.Exit);
        Assert.Contains("TDREPORT", said.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"minimumGuestSvn\":4000000000", "guest version", "guest-svn-below-minimum")]
    [InlineData("\"platform\":{\"requireRevocationList\":true}", "revocation", "revocation-unknown")]
    [InlineData("\"platform\":{\"requiredMitigations\":\"0x1\"}", "mitigations", "mitigations-missing")]
    [InlineData("\"platform\":{\"minimumFirmware\":\"255.0.0\"}", "firmware version", "firmware-below-minimum")]
    [InlineData("\"platform\":{\"requireCiphertextHiding\":true}", "platform", "platform-info-not-accepted")]
    [InlineData("\"guest\":{\"requireSingleSocket\":true}", "guest policy", "guest-policy-not-accepted")]
    [InlineData("\"requireUvmEndorsement\":true", "endorsement", "endorsement-missing")]
    public async Task What_a_policy_asks_beside_has_a_line_of_its_own(string asked, string line, string code)
    {
        desk.Write("policy.json", Policy(asked));
        var said = await Verify("--policy", "policy.json");
        Assert.True(said.Exit == 3, said.Out + said.Error);
        Assert.Matches($"{line} +{code}", said.Out);
    }

    private static string Policy(string asked) => "{\"snp\":{\"permittedVmpls\":[0]," + asked + "}}";

    private Task<Said> Verify(params string[] more) => desk.Cove(["verify", "hcl.bin", "--certs", "vcek.der", "--certs", "ask_ark.pem", "--at", Then, .. more]);
}
