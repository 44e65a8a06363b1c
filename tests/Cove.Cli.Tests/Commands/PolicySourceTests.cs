using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Cove.Tests;

namespace Cove.Cli.Tests.Commands;

/// <summary>The forms that groups are described in, and the output of az confcom.</summary>
public sealed class PolicySourceTests : IDisposable
{
    private readonly Desk desk = new();

    public PolicySourceTests()
    {
        foreach (var file in (string[])["group.json", "deployment.yaml", "compose.yaml", "rootfs/bin/app"]) desk.Write(file, File.ReadAllBytes(Path.Combine(Transcript.Folder, "files", file)));
    }

    public void Dispose() => desk.Dispose();

    [Fact]
    public async Task A_policy_put_into_yaml_leaves_every_other_line_as_it_was()
    {
        await Pack();
        var before = await File.ReadAllLinesAsync(desk.Path("deployment.yaml"));
        var hash = (await desk.Cove("policy", "generate", "-a", "deployment.yaml", "--inject")).Out.Trim();
        var after = await File.ReadAllLinesAsync(desk.Path("deployment.yaml"));
        Assert.Equal(before, after.Where(line => !line.Contains("annotations:", StringComparison.Ordinal) && !line.Contains("ccepolicy", StringComparison.Ordinal)));
        var base64 = after.Single(line => line.Contains("ccepolicy", StringComparison.Ordinal)).Split('"')[1];
        Assert.Equal(hash, Convert.ToHexStringLower(SHA256.HashData(Convert.FromBase64String(base64))));
        Assert.Equal("      annotations:", after.Single(line => line.Contains("annotations:", StringComparison.Ordinal)));

        // A second time the value is replaced, and nothing else.
        Assert.Equal(hash, (await desk.Cove("policy", "generate", "-a", "deployment.yaml", "--inject")).Out.Trim());
        Assert.Equal(after, await File.ReadAllLinesAsync(desk.Path("deployment.yaml")));
    }

    [Fact]
    public async Task A_container_group_in_yaml_yields_the_policy_of_the_same_group_in_json()
    {
        await Pack();
        desk.Write("group.yaml", """
            apiVersion: '2023-05-01'
            name: harbour
            type: Microsoft.ContainerInstance/containerGroups
            properties:
              osType: Linux
              restartPolicy: Never
              confidentialComputeProperties:
                ccePolicy: ''
              containers:
              - name: app
                properties:
                  image: app:1
                  command: [/bin/app, --watch]
                  environmentVariables:
                  - { name: TIDE, value: high }
                  livenessProbe: { exec: { command: [/bin/app, --healthy] } }
                  resources: { requests: { cpu: 1, memoryInGB: 1 } }
            """);
        Assert.Equal((await desk.Cove("policy", "generate", "-a", "group.json", "--hash")).Out, (await desk.Cove("policy", "generate", "-a", "group.yaml", "--hash")).Out);
        Assert.Equal(0, (await desk.Cove("policy", "generate", "-a", "group.yaml", "--inject")).Exit);
        Assert.Equal("Existing policy and Template match\n", (await desk.Cove("policy", "generate", "-a", "group.yaml", "--diff")).Out);
    }

    [Theory]
    [InlineData("a: [1")]
    [InlineData("a: 1\na: 2")]
    [InlineData("a: *nowhere")]
    [InlineData("a: !custom 1")]
    [InlineData("kind: Service\napiVersion: v1")]
    public async Task Yaml_that_is_none_or_says_nothing_is_malformed(string text)
    {
        desk.Write("wrong.yaml", text);
        Assert.Equal(4, (await desk.Cove("policy", "generate", "-a", "wrong.yaml")).Exit);
    }

    [Fact]
    public async Task Aliases_that_grow_without_end_are_refused()
    {
        var text = new StringBuilder("kind: &a [x, x, x, x, x, x, x, x]\n");
        for (var i = 'b'; i < 'k'; i++) text.Append($"{i}: &{i} [{string.Join(", ", Enumerable.Repeat($"*{(char)(i - 1)}", 8))}]\n");
        desk.Write("bomb.yaml", text.ToString());
        Assert.Equal(4, (await desk.Cove("policy", "generate", "-a", "bomb.yaml")).Exit);
    }

    [Fact]
    public async Task The_azure_form_prints_policy_and_three_line_ends_and_injects_with_the_hash()
    {
        await Pack();
        var policy = (await desk.Cove("policy", "generate", "-a", "group.json")).Out;
        Assert.Equal(policy + "\n\n\n", (await desk.Cove("policy", "generate", "-a", "group.json", "--azure-cli", "--outraw")).Out);
        Assert.Equal(Convert.ToBase64String(Encoding.UTF8.GetBytes(policy)) + "\n\n\n", (await desk.Cove("policy", "generate", "-a", "group.json", "--azure-cli", "--print-policy")).Out);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(policy))) + "\n", (await desk.Cove("policy", "generate", "-a", "group.json", "--azure-cli")).Out);
        Assert.Contains("\"ccePolicy\": \"" + Convert.ToBase64String(Encoding.UTF8.GetBytes(policy)), await File.ReadAllTextAsync(desk.Path("group.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_azure_form_says_on_standard_error_what_az_confcom_says()
    {
        await Pack();
        var plain = await desk.Cove("policy", "generate", "-a", "group.json", "--azure-cli", "--print-policy");
        Assert.StartsWith("WARNING: WARNING: Using default stdio setting (Enabled)\n", plain.Error, StringComparison.Ordinal);
        Assert.Contains("\nWARNING: Generating security policy for ARM Template: group.json in base64\n", plain.Error, StringComparison.Ordinal);
        var warned = await desk.Cove("policy", "generate", "-a", "group.json", "--azure-cli", "--outraw", "--enable-stdio", "--debug-mode", "--infrastructure-svn", "3");
        Assert.StartsWith("WARNING: Secrets that are included in the provided arm template", warned.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("default stdio", warned.Error, StringComparison.Ordinal);
        Assert.Contains("\nWARNING: WARNING: Debug mode must only be used for debugging purposes.", warned.Error, StringComparison.Ordinal);
        Assert.Contains("less than the default Infrastructure SVN: 4\n", warned.Error, StringComparison.Ordinal);
        Assert.EndsWith("WARNING: Generating security policy for ARM Template: group.json in clear text\n", warned.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Can only generate CCE policy from one source at a time")]
    [InlineData("Can only generate CCE policy from one source at a time", "-a", "group.json", "-i", "group.json")]
    [InlineData("Can only use ARM Template Parameters if ARM Template is also present", "-i", "group.json", "-p", "parameters.json")]
    [InlineData("Can only diff CCE policy from ARM Template or YAML File", "-i", "group.json", "--diff")]
    [InlineData("Can only print in one format at a time", "-a", "group.json", "--outraw", "--print-policy")]
    [InlineData("Cannot set infrastructure SVN without using default fragments", "-a", "group.json", "--infrastructure-svn", "5", "-e")]
    [InlineData("Cannot use --faster-hashing with --tar", "-a", "group.json", "--faster-hashing", "--tar", "x.tar")]
    [InlineData("Must provide --include-fragments to reference a fragment import JSON file", "-a", "group.json", "-j", "imports.json")]
    [InlineData("Use only one of --enable-stdio or --disable-stdio.", "-a", "group.json", "--enable-stdio", "--disable-stdio")]
    public async Task The_azure_form_refuses_with_its_own_sentence_and_ends_with_1(string sentence, params string[] words)
    {
        var said = await desk.Cove(["policy", "generate", "--azure-cli", .. words]);
        Assert.Equal((1, "", $"ERROR: {sentence}\n"), (said.Exit, said.Out, said.Error));
    }

    [Fact]
    public async Task The_azure_form_ends_with_1_where_a_template_is_wrong_and_our_own_with_4()
    {
        desk.Write("wrong.json", "{ \"resources\": [] }");
        var azure = await desk.Cove("policy", "generate", "-a", "wrong.json", "--azure-cli", "--enable-stdio");
        Assert.Equal(1, azure.Exit);
        Assert.Contains("\nERROR: ", azure.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("cove:", azure.Error, StringComparison.Ordinal);
        Assert.Equal(4, (await desk.Cove("policy", "generate", "-a", "wrong.json")).Exit);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 3)]
    public async Task A_template_that_moved_away_from_its_policy_differs(bool azure, int exit)
    {
        await Pack();
        string[] azureCli = azure ? ["--azure-cli"] : [];
        Assert.Equal(0, (await desk.Cove("policy", "generate", "-a", "group.json", "--inject")).Exit);
        var text = await File.ReadAllTextAsync(desk.Path("group.json"));
        desk.Write("group.json", text.Replace("\"--watch\"", "\"--serve\"", StringComparison.Ordinal).Replace("\"name\": \"TIDE\"", "\"name\": \"EBB\"", StringComparison.Ordinal));
        var said = await desk.Cove(["policy", "generate", "-a", "group.json", "--diff", .. azureCli]);
        Assert.Equal(exit, said.Exit);
        Assert.Contains(azure ? "\"tested_value\":\"--serve\"" : "\"tested_value\": \"--serve\"", said.Out, StringComparison.Ordinal);
        Assert.Contains("environment variable with rule 'EBB=high' does not match strings or regex in policy rules", said.Out, StringComparison.Ordinal);
        Assert.Equal(azure, said.Error.Contains("WARNING: Existing Policy and Template differ.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_policy_that_a_template_carries_is_printed()
    {
        await Pack();
        Assert.Equal(2, (await desk.Cove("policy", "generate", "-a", "group.json", "--print-existing-policy")).Exit);
        var policy = (await desk.Cove("policy", "generate", "-a", "group.json")).Out;
        await desk.Cove("policy", "generate", "-a", "group.json", "--inject");
        Assert.Equal(policy + "\n", (await desk.Cove("policy", "generate", "-a", "group.json", "--print-existing-policy")).Out);
    }

    [Fact]
    public async Task A_sidecar_passes_when_it_asks_for_nothing_that_its_image_does_not_say()
    {
        await Pack();
        desk.Write("plain.json", """{ "version": "1.0", "containers": [ { "name": "app", "properties": { "image": "app:1" } } ] }""");
        desk.Write("more.json", """{ "version": "1.0", "containers": [ { "name": "app", "properties": { "image": "app:1", "command": ["/bin/app", "more"] } } ] }""");
        Assert.Equal(0, (await desk.Cove("policy", "generate", "-i", "plain.json", "--validate-sidecar")).Exit);
        Assert.Equal(3, (await desk.Cove("policy", "generate", "-i", "more.json", "--validate-sidecar")).Exit);
        Assert.Equal(2, (await desk.Cove("policy", "generate", "-i", "more.json", "--validate-sidecar", "--azure-cli")).Exit);
    }

    [Fact]
    public async Task An_image_alone_and_ready_containers_have_policies()
    {
        await Pack();
        var image = await desk.Cove("policy", "generate", "--image", "app:1", "--omit-id");
        Assert.DoesNotContain("app:1", image.Out, StringComparison.Ordinal);
        var ready = await desk.Cove("policy", "generate", "--with-containers", """{"command":["/x"],"layers":[],"name":"ready"}""");
        Assert.Contains("\"name\":\"ready\"", ready.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_layers_plain_and_compressed_yield_the_same_root_hashes_and_the_same_policy()
    {
        Assert.Equal(0, (await desk.Cove("image", "pack", "rootfs", "--name", "app:1", "--entrypoint", "/bin/app", "--output", "plain.tar")).Exit);
        var (policy, layers) = (await desk.Cove("policy", "generate", "-a", "group.json", "--outraw"), await Layers());
        Assert.Equal(0, policy.Exit);
        Recompressed.Write(desk.Path("plain.tar"), desk.Path("zstd.tar"), "+zstd", tar => new ZstdSharp.CompressionStream(tar, leaveOpen: true));
        Recompressed.Write(desk.Path("plain.tar"), desk.Path("gzip.tar"), "+gzip", tar => new GZipStream(tar, CompressionLevel.Fastest, leaveOpen: true));
        foreach (var archive in (string[])["zstd.tar", "gzip.tar"])
        {
            // In an empty store, so that every layer is unpacked again.
            desk.Set("COVE_HOME", desk.Path(archive + ".home"));
            Assert.Equal(0, (await desk.Cove("image", "import", archive)).Exit);
            Assert.Equal(layers, await Layers());
            Assert.Equal(policy.Out, (await desk.Cove("policy", "generate", "-a", "group.json", "--outraw")).Out);
        }

        async Task<IEnumerable<string>> Layers()
        {
            var image = JsonNode.Parse((await desk.Cove("image", "show", "app:1", "--json")).Out)!;
            return image["layers"]!.AsArray().Select(layer => (string)layer!["rootHash"]!);
        }
    }

    private async Task Pack() => Assert.Equal(0, (await desk.Cove("image", "pack", "rootfs", "--name", "app:1", "--entrypoint", "/bin/app")).Exit);
}
