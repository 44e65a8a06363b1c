using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Cove.Cli.Registry;
using Cove.Cli.Shell;
using Cove.Images.Tests.Registry;
using Cove.Outcomes;
using Cove.Policy.Model;

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

    [Fact]
    public async Task A_fragment_in_a_layout_is_imported_from_there_and_leaves_the_image_what_it_was()
    {
        await Generate();
        await Sign("key.pem");
        Assert.Equal(0, (await desk.Cove("image", "export", "app:1", "layout/")).Exit);
        var before = (await desk.Cove("image", "show", "app:1")).Out;
        var artifact = await desk.Cove("policy", "fragment", "attach", "harbour.rego.cose", "layout");
        Assert.True(artifact.Exit == 0, artifact.Error);
        Assert.Equal((await desk.Cove("policy", "fragment", "import", "harbour.rego.cose")).Out, (await desk.Cove("policy", "fragment", "import", "--attached", "layout")).Out);
        Assert.Equal(0, (await desk.Cove("image", "import", "layout")).Exit);
        Assert.Equal(before, (await desk.Cove("image", "show", "app:1")).Out);

        // One bit of what lies there is another fragment, and no digest's.
        var hex = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(desk.Path("harbour.rego.cose"))));
        var blob = await File.ReadAllBytesAsync(desk.Path("layout", "blobs", "sha256", hex));
        blob[^1] ^= 1;
        desk.Write($"layout/blobs/sha256/{hex}", blob);
        Assert.Equal(4, (await desk.Cove("policy", "fragment", "import", "--attached", "layout")).Exit);
    }

    [Fact]
    public async Task A_fragment_in_a_registry_is_imported_from_beside_its_image_and_fetched_under_a_name_of_its_own()
    {
        await using var registry = await LocalRegistry.StartAsync();
        await Generate();
        await Sign("key.pem");
        await PushImageAsync(registry.Name);
        Assert.Equal(2, (await desk.Cove("policy", "fragment", "import", "--attached", $"{registry.Name}/app:1")).Exit);
        var attached = await desk.Cove("policy", "fragment", "attach", "harbour.rego.cose", $"{registry.Name}/app:1");
        Assert.True(attached.Exit == 0, attached.Error);
        Assert.StartsWith("sha256:", attached.Out, StringComparison.Ordinal);
        var local = (await desk.Cove("policy", "fragment", "import", "harbour.rego.cose")).Out;
        Assert.Equal(local, (await desk.Cove("policy", "fragment", "import", "--attached", $"{registry.Name}/app:1")).Out);

        var standalone = $"{registry.Name}/fragments/harbour:1";
        Assert.Equal(0, (await desk.Cove("policy", "fragment", "attach", "harbour.rego.cose", standalone, "--standalone")).Exit);
        Assert.Equal(5, (await desk.Cove("policy", "fragment", "attach", "harbour.rego.cose", $"{registry.Name}/nothing:1")).Exit);

        using var surroundings = desk.Surroundings(TextWriter.Null, TextWriter.Null, Stream.Null);
        var call = new Invocation(new RootCommand().Parse([]), surroundings, json: false);
        var group = new ContainerGroup
        {
            Name = "g", Type = "t", StandaloneFragments = [standalone], Containers = [new GroupContainer { Name = "app", Image = $"{registry.Name}/app:1" }],
        };
        var content = await File.ReadAllBytesAsync(desk.Path("harbour.rego.cose"));
        Assert.Equal([content], (await FragmentSources.Standalone(call, group, CancellationToken.None)).Select(fragment => fragment.Content));
        Assert.Equal([content], (await FragmentSources.Attached(call, group, CancellationToken.None)).Select(fragment => fragment.Content));
        await Assert.ThrowsAsync<UnavailableException>(
            () => FragmentSources.Standalone(call, group with { StandaloneFragments = [$"{registry.Name}/fragments/none:1"] }, CancellationToken.None));
    }

    /// <summary>The smallest thing that a registry takes for an image: fragments are attached to its digest, whatever it holds.</summary>
    private static async Task PushImageAsync(string registry)
    {
        using var http = new HttpClient();
        var configuration = "{}"u8.ToArray();
        var digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(configuration));
        using var started = await http.PostAsync($"http://{registry}/v2/app/blobs/uploads/", null);
        var upload = new Uri(started.RequestMessage!.RequestUri!, started.Headers.Location!);
        using var blob = await http.PutAsync($"{upload}{(upload.Query.Length > 0 ? "&" : "?")}digest={Uri.EscapeDataString(digest)}", new ByteArrayContent(configuration));
        var manifest = $$"""
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
            "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{digest}}","size":2},"layers":[]}
            """;
        using var named = await http.PutAsync(
            $"http://{registry}/v2/app/manifests/1", new StringContent(manifest, new System.Net.Http.Headers.MediaTypeHeaderValue("application/vnd.oci.image.manifest.v1+json")));
        Assert.True(blob.IsSuccessStatusCode && named.IsSuccessStatusCode, $"{blob.StatusCode} {named.StatusCode}");
    }

    private async Task Generate()
    {
        Assert.Equal(0, (await desk.Cove("image", "pack", "rootfs", "--name", "app:1", "--entrypoint", "/bin/app")).Exit);
        var said = await desk.Cove("policy", "fragment", "generate", "--image", "app:1", "-n", "harbour", "--svn", "4", "-o", "harbour.rego");
        Assert.True(said.Exit == 0, said.Error);
    }

    private Task<Said> Sign(string key) => desk.Cove("policy", "fragment", "sign", "harbour.rego", "--key", key, "--chain", "chain.pem", "--feed", "harbour.example/app");
}
