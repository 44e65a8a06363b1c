using System.Text.Json;

namespace Cove.Tests.Flow;

/// <summary>The real image, from the distribution's packages. The agent's program is compiled once and is part of what goes in.</summary>
[Collection(Alone.Name)]
public sealed class GuestImageTests
{
    private readonly CoveProgram cove;

    public GuestImageTests(CoveProgram cove)
    {
        CoveProgram.RequireMachines();
        this.cove = cove;
    }

    [Fact]
    public async Task An_image_built_twice_is_the_same_bit_for_bit()
    {
        var folders = new[] { Path.Combine(cove.Home, "first"), Path.Combine(cove.Home, "second") };
        foreach (var folder in folders) (await cove.RunAsync("guest", "build", "-o", folder)).ExitedWith(0);
        var names = Directory.GetFiles(folders[0]).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(names, Directory.GetFiles(folders[1]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(["SHA256SUMS", "cmdline", "firmware.fd", "initrd", "manifest.json", "sbom.cdx.json", "vmlinuz"], names);
        Assert.All(names, name => Assert.True(
            File.ReadAllBytes(Path.Combine(folders[0], name!)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(folders[1], name!))), $"{name} differs"));

        // Whoever has the folder computes the measurement that the manifest tells.
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folders[1], "manifest.json")));
        var measured = await cove.RunAsync(
            "measure", "--ovmf", At("firmware.fd"), "--kernel", At("vmlinuz"), "--initrd", At("initrd"), "--append", await File.ReadAllTextAsync(At("cmdline")), "--vcpus", "4", "--vcpu-type", "EPYC-Milan");
        Assert.Equal(manifest.RootElement.GetProperty("measurements").GetProperty("4").GetString(), measured.ExitedWith(0).Out.Split('\n')[0].Trim());
        foreach (var folder in folders) Directory.Delete(folder, recursive: true);

        string At(string name) => Path.Combine(folders[1], name);
    }
}
