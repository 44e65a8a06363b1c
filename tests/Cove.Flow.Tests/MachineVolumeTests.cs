namespace Cove.Tests.Flow;

/// <summary>Encrypted volumes in a virtual machine, whose kernel has dm-crypt.</summary>
[Collection(Alone.Name)]
public sealed class MachineVolumeTests
{
    private readonly CoveProgram cove;

    public MachineVolumeTests(CoveProgram cove)
    {
        CoveProgram.RequireHost();
        CoveProgram.RequireMachines();
        this.cove = cove;
    }

    [Fact]
    public async Task The_query_on_the_encrypted_volume_is_answered_in_a_machine_whose_kernel_decrypts_it()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/npm") || File.Exists("/usr/local/bin/npm"), "the blob store is installed from npm (apt-get install nodejs npm)");
        var answer = (await cove.RunAsync("run", Path.Combine(cove.Sample, "..", "encrypted-data"), "--isolation", "vm", "--json")).ExitedWith(0).Json;
        Assert.Equal("vm", answer.GetProperty("isolation").GetString());
        var logs = answer.GetProperty("containers").EnumerateArray().ToDictionary(one => one.GetProperty("name").GetString()!, one => one.GetProperty("logs").GetString()!);
        Assert.Contains("of the fourteen eight-thousanders were first climbed in the 1950s", logs["query"], StringComparison.Ordinal);
        Assert.Contains("filesystem-0: opened with dm-crypt", logs["encfs"], StringComparison.Ordinal);
        Assert.Contains("filesystem-0: every block is checked against verity", logs["encfs"], StringComparison.Ordinal);
    }

    /// <summary>Among them that a power cut loses nothing that was acknowledged, with the kernel's cipher in between.</summary>
    [Fact]
    public async Task The_sidecars_tests_of_dm_crypt_pass_in_a_machine()
    {
        Assert.SkipUnless(CoveProgram.IsAccelerated, "this host has no KVM, and QEMU's translator takes eight minutes for it");
        using var project = new SidecarTestsProject("Cove.Sidecar.Tests.Encfs.KernelDecryptionTests", "Cove.Sidecar.Tests.Encfs.PowerCutTests");
        var answer = (await cove.RunAsync("run", project.Folder, "--isolation", "vm", "--json")).ExitedWith(0).Json;
        var said = answer.GetProperty("containers").EnumerateArray().Single().GetProperty("logs").GetString()!;
        Assert.Matches(@"Total: 13, Errors: 0, Failed: 0, Skipped: 0", said);
    }
}
