using System.Security.Cryptography;
using System.Text.Json;
using Cove.Attestation.Snp;
using Cove.Tests;

namespace Cove.Cli.Tests.Commands;

public sealed class MeasureCommandTests : IDisposable
{
    private readonly Desk desk = new();
    private readonly ECDsa id = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly ECDsa author = ECDsa.Create(ECCurve.NamedCurves.nistP384);

    public MeasureCommandTests()
    {
        desk.Write("ovmf.fd", File.ReadAllBytes(Vectors.Path("attestation", "virtee-sev-snp-measure", "ovmf_AmdSev_suffix.bin")));
        desk.Write("id.pem", id.ExportPkcs8PrivateKeyPem());
        desk.Write("author.pem", author.ExportECPrivateKeyPem());
    }

    public void Dispose()
    {
        desk.Dispose();
        id.Dispose();
        author.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_ID_block_holds_the_measurement_and_is_signed_by_the_keys(bool withAuthor)
    {
        string[] authorKey = withAuthor ? ["--author-key", "author.pem"] : [];
        var said = await desk.Cove(
        [
            "measure", "--ovmf", "ovmf.fd", "--vcpu-type", "EPYC", "--id-key", "id.pem", .. authorKey, "--id-block", "block.b64", "--id-auth", "auth.b64",
            "--guest-svn", "5", "--image-id", "02000000000000000000000000000000", "--guest-policy", "0x30000", "--json",
        ]);
        Assert.Equal((0, ""), (said.Exit, said.Error));
        using var answer = JsonDocument.Parse(said.Out);
        var block = IdBlock.Parse(Convert.FromBase64String(await File.ReadAllTextAsync(desk.Path("block.b64"))));
        var authentication = IdAuthentication.Parse(Convert.FromBase64String(await File.ReadAllTextAsync(desk.Path("auth.b64"))));
        Assert.True(authentication.Verify(block).IsAccepted(out var verified, out var findings), string.Join('\n', findings));
        Assert.Equal((5u, 0x30000ul, 2), (block.GuestSvn, block.Policy.Value, block.ImageId.Span[0]));
        Assert.Equal(answer.RootElement.GetProperty("measurement").GetString(), Convert.ToHexStringLower(block.LaunchDigest.Span));
        Assert.Equal(answer.RootElement.GetProperty("idKeyDigest").GetString(), Convert.ToHexStringLower(verified.IdKeyDigest.Span));
        Assert.Equal(withAuthor, !verified.AuthorKeyDigest.IsEmpty);
        Assert.Equal(SevPublicKey.Of(id).Digest(), verified.IdKeyDigest.ToArray());
        Assert.DoesNotContain("PRIVATE", said.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_of_another_curve_or_a_mode_without_ID_blocks_is_refused()
    {
        using var p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        desk.Write("p256.pem", p256.ExportPkcs8PrivateKeyPem());
        Assert.Equal(4, (await desk.Cove("measure", "--ovmf", "ovmf.fd", "--vcpu-type", "EPYC", "--id-key", "p256.pem")).Exit);
        Assert.Equal(2, (await desk.Cove("measure", "--ovmf", "ovmf.fd", "--mode", "sev", "--id-key", "id.pem")).Exit);
    }
}
