using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Cove.Cli.Tests.Commands;

public sealed class PolicyCommandTests : IDisposable
{
    private readonly Desk desk = new();

    public PolicyCommandTests()
    {
        foreach (var file in (string[])["group.json", "low-tide.json", "rootfs/bin/app"])
            desk.Write(file, File.ReadAllBytes(Path.Combine(Transcript.Folder, "files", file)));
    }

    public void Dispose() => desk.Dispose();

    [Fact]
    public async Task The_printed_policy_hashes_to_the_printed_hash()
    {
        await Pack();
        var policy = await desk.Cove("policy", "generate", "-a", "group.json");
        var hash = await desk.Cove("policy", "generate", "-a", "group.json", "--hash");
        Assert.Equal(hash.Out, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(policy.Out))) + "\n");
    }

    [Fact]
    public async Task Another_parameter_gives_another_hash_and_the_same_ones_the_same()
    {
        await Pack();
        var high = await desk.Cove("policy", "generate", "-a", "group.json", "--hash");
        Assert.Equal(high.Out, (await desk.Cove("policy", "generate", "-a", "group.json", "--hash")).Out);
        Assert.NotEqual(high.Out, (await desk.Cove("policy", "generate", "-a", "group.json", "-p", "low-tide.json", "--hash")).Out);
    }

    [Fact]
    public async Task An_altered_image_gives_another_hash()
    {
        await Pack();
        var before = await desk.Cove("policy", "generate", "-a", "group.json", "--hash");
        desk.Write("rootfs/bin/app", "#!/bin/sh\necho aha!\n");
        await Pack();
        Assert.NotEqual(before.Out, (await desk.Cove("policy", "generate", "-a", "group.json", "--hash")).Out);
    }

    [Fact]
    public async Task An_image_can_come_from_an_archive()
    {
        await Pack();
        var stored = await desk.Cove("policy", "generate", "-a", "group.json", "--hash");
        await desk.Cove("image", "export", "app:1", "app.tar");
        desk.Set("COVE_HOME", desk.Path("another"));
        Assert.Equal(2, (await desk.Cove("policy", "generate", "-a", "group.json", "--hash")).Exit);
        Assert.Equal(stored.Out, (await desk.Cove("policy", "generate", "-a", "group.json", "--image", "app:1=app.tar", "--hash")).Out);
    }

    [Fact]
    public async Task The_injected_policy_is_the_generated_one_and_the_rest_of_the_template_stays()
    {
        await Pack();
        var base64 = (await desk.Cove("policy", "generate", "-a", "group.json", "--base64")).Out.Trim();
        var before = await File.ReadAllTextAsync(desk.Path("group.json"));
        Assert.Equal(0, (await desk.Cove("policy", "generate", "-a", "group.json", "--inject")).Exit);
        Assert.Equal(before.Replace("\"ccePolicy\": \"\"", $"\"ccePolicy\": \"{base64}\"", StringComparison.Ordinal), await File.ReadAllTextAsync(desk.Path("group.json")));
    }

    [Fact]
    public async Task A_policy_is_explained_alike_as_text_as_base64_and_as_template()
    {
        await Pack();
        desk.Write("policy.rego", (await desk.Cove("policy", "generate", "-a", "group.json")).Out);
        desk.Write("policy.b64", (await desk.Cove("policy", "generate", "-a", "group.json", "--base64")).Out);
        var template = await desk.Cove("policy", "explain", "group.json");
        Assert.Equal(template.Out, (await desk.Cove("policy", "explain", "policy.rego")).Out);
        Assert.Equal(template.Out, (await desk.Cove("policy", "explain", "policy.b64")).Out);
    }

    [Fact]
    public async Task The_json_answer_holds_the_hash_and_the_text()
    {
        await Pack();
        using var json = JsonDocument.Parse((await desk.Cove("policy", "generate", "-a", "group.json", "--json")).Out);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json.RootElement.GetProperty("policy").GetString()!)));
        Assert.Equal(hash, json.RootElement.GetProperty("policyHash").GetString());
        Assert.Equal("harbour", json.RootElement.GetProperty("group").GetString());
    }

    [Fact]
    public async Task An_image_that_cove_json_describes_is_packed_on_the_way()
    {
        desk.Write("cove.json", """{ "template": "group.json", "images": { "app:1": { "directory": "rootfs" } } }""");
        var said = await desk.Cove("policy", "generate", "-a", "group.json", "--hash");
        Assert.Equal((0, ""), (said.Exit, said.Error));
        Assert.Equal(said.Out, (await desk.Cove("policy", "generate", "-a", ".", "--hash")).Out);
    }

    private async Task Pack() => Assert.Equal(0, (await desk.Cove("image", "pack", "rootfs", "--name", "app:1", "--entrypoint", "/bin/app")).Exit);
}
