using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Cove.Cli.Tests.Commands;

public sealed class FragmentCommandTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly Desk desk = new();

    public FragmentCommandTests()
    {
        foreach (var file in (string[])["group.json", "rootfs/bin/app"]) desk.Write(file, File.ReadAllBytes(Path.Combine(Transcript.Folder, "files", file)));
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var rootRequest = new CertificateRequest("CN=Harbour root", rootKey, HashAlgorithmName.SHA384);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var root = rootRequest.CreateSelfSigned(Start, Start.AddYears(10));
        using var leaf = new CertificateRequest("CN=Harbour master", key, HashAlgorithmName.SHA384).Create(root, Start, Start.AddYears(1), [1, 2, 3]);
        desk.Write("chain.pem", leaf.ExportCertificatePem() + "\n" + root.ExportCertificatePem() + "\n");
        desk.Write("key.pem", key.ExportPkcs8PrivateKeyPem());
        desk.Write("other.pem", rootKey.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose() => desk.Dispose();

    [Fact]
    public async Task A_fragment_is_generated_signed_shown_and_imported_into_a_policy()
    {
        await Generate();
        var signed = await Sign("key.pem");
        Assert.Equal(0, signed.Exit);
        Assert.Contains("::subject:CN:Harbour%20master", signed.Out, StringComparison.Ordinal);

        using var document = JsonDocument.Parse((await desk.Cove("policy", "fragment", "show", "harbour.rego.cose", "--json")).Out);
        var shown = document.RootElement;
        Assert.Equal(("harbour", "4", "harbour.example/app"), (shown.GetProperty("namespace").GetString(), shown.GetProperty("svn").GetString(), shown.GetProperty("feed").GetString()));
        Assert.Equal(await File.ReadAllTextAsync(desk.Path("harbour.rego")), shown.GetProperty("text").GetString());

        desk.Write("imports.json", (await desk.Cove("policy", "fragment", "import", "harbour.rego.cose")).Out);
        var policy = await desk.Cove("policy", "generate", "-a", "group.json", "-e", "--include-fragments", "--fragments-json", "imports.json");
        Assert.Equal(0, policy.Exit);
        Assert.Contains("\"feed\": \"harbour.example/app\"", policy.Out, StringComparison.Ordinal);
        Assert.Contains("\"minimum_svn\": \"4\"", policy.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("aci-cc-infra-fragment", policy.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_not_the_signers_signs_nothing()
    {
        await Generate();
        var said = await Sign("other.pem");
        Assert.Equal(3, said.Exit);
        Assert.Contains("statement-signature-invalid", said.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(desk.Path("harbour.rego.cose")));
    }

    [Fact]
    public async Task A_fragment_changed_by_one_bit_is_rejected()
    {
        await Generate();
        await Sign("key.pem");
        var bytes = await File.ReadAllBytesAsync(desk.Path("harbour.rego.cose"));
        bytes[bytes.AsSpan().IndexOf("package harbour"u8)] ^= 1;
        desk.Write("harbour.rego.cose", bytes);
        Assert.Equal(3, (await desk.Cove("policy", "fragment", "import", "harbour.rego.cose")).Exit);
    }

    [Fact]
    public async Task An_import_may_ask_for_more_than_the_fragments_own_version()
    {
        await Generate();
        await Sign("key.pem");
        Assert.Contains("\"minimum_svn\": \"9\"", (await desk.Cove("policy", "fragment", "import", "harbour.rego.cose", "--minimum-svn", "9")).Out, StringComparison.Ordinal);
        Assert.Equal(2, (await desk.Cove("policy", "fragment", "import", "harbour.rego.cose", "--minimum-svn", "-3")).Exit);
    }

    private async Task Generate()
    {
        Assert.Equal(0, (await desk.Cove("image", "pack", "rootfs", "--name", "app:1", "--entrypoint", "/bin/app")).Exit);
        var said = await desk.Cove("policy", "fragment", "generate", "--image", "app:1", "-n", "harbour", "--svn", "4", "-o", "harbour.rego");
        Assert.True(said.Exit == 0, said.Error);
    }

    private Task<Said> Sign(string key) => desk.Cove("policy", "fragment", "sign", "harbour.rego", "--key", key, "--chain", "chain.pem", "--feed", "harbour.example/app");
}
