using System.Text.Json;

namespace Cove.Tests.Flow;

/// <summary>The README's first command in a virtual machine. A boot on QEMU's translator takes its time, so there are few of these.</summary>
public sealed class VirtualMachineTests : IClassFixture<CoveProgram>
{
    private readonly CoveProgram cove;

    public VirtualMachineTests(CoveProgram cove)
    {
        CoveProgram.RequireHost();
        CoveProgram.RequireMachines();
        this.cove = cove;
    }

    [Fact]
    public async Task The_note_is_printed_in_a_machine_with_the_measurement_that_measure_computes_and_an_altered_layer_is_denied()
    {
        var answer = (await cove.RunAsync("run", cove.Sample, "--isolation", "vm", "--json")).ExitedWith(0).Json;
        Assert.Equal("vm", answer.GetProperty("isolation").GetString());
        Assert.True(answer.GetProperty("agentReadyMilliseconds").GetInt64() > 0);
        var note = answer.GetProperty("containers").EnumerateArray().Single(container => container.GetProperty("name").GetString() == "note");
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(cove.Sample, "note.txt")), note.GetProperty("logs").GetString());

        var image = Path.Combine(cove.Home, "guest");
        var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(image, "manifest.json"))).RootElement.GetProperty("measurements");
        var processors = manifest.EnumerateObject().Single(one => one.Value.GetString() == answer.GetProperty("measurement").GetString()).Name;
        var measured = await cove.RunAsync(
            "measure", "--ovmf", Path.Combine(image, "firmware.fd"), "--kernel", Path.Combine(image, "vmlinuz"), "--initrd", Path.Combine(image, "initrd"),
            "--append", await File.ReadAllTextAsync(Path.Combine(image, "cmdline")), "--vcpus", processors, "--vcpu-type", "EPYC-Milan");
        Assert.Equal(answer.GetProperty("measurement").GetString(), measured.ExitedWith(0).Out.Split('\n')[0].Trim());
        Assert.DoesNotContain(cove.Home, await File.ReadAllTextAsync("/proc/self/mounts"));
        Assert.Empty(Directory.GetFiles(Path.Combine(cove.Home, "groups"), "*.sock", SearchOption.AllDirectories));

        // One byte of one layer, after the policy was made: the host's disk is another, and the guest notices before it mounts.
        foreach (var layer in Directory.GetFiles(cove.Home, "*.ext4", SearchOption.AllDirectories)) Flip(layer);
        var denied = (await cove.RunAsync("run", cove.Sample, "--isolation", "vm", "--json")).ExitedWith(3).Json.GetProperty("error");
        Assert.Equal("denied", denied.GetProperty("code").GetString());
        Assert.Contains("layer", denied.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private static void Flip(string path)
    {
        using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = file.Length / 2;
        var value = file.ReadByte();
        file.Position = file.Length / 2;
        file.WriteByte((byte)(value ^ 1));
    }
}
