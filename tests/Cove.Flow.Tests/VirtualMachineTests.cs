using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cove.Outcomes;
using Cove.Protocol.Client;
using Cove.Protocol.Messages;

namespace Cove.Tests.Flow;

/// <summary>The README's first command in a virtual machine. A boot on QEMU's translator takes its time, so there are few of these.</summary>
[Collection(Alone.Name)]
public sealed class VirtualMachineTests
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
        Assert.Empty(Directory.GetFiles(Path.Combine(cove.Home, "groups", "sealed-note"), "*.sock", SearchOption.AllDirectories));

        // One byte of one layer, after the policy was made: the host's disk is another, and the guest notices before it mounts.
        var layers = Directory.GetFiles(cove.Home, "*.ext4", SearchOption.AllDirectories);
        foreach (var layer in layers) Flip(layer);
        var denied = (await cove.RunAsync("run", cove.Sample, "--isolation", "vm", "--json")).ExitedWith(3).Json.GetProperty("error");
        Assert.Equal("rejected", denied.GetProperty("code").GetString());
        Assert.Equal("layer-not-listed", denied.GetProperty("findings")[0].GetProperty("code").GetString());
        foreach (var layer in layers) Flip(layer);
    }

    [Fact]
    public async Task A_machine_outlives_a_hostile_host_refuses_it_and_ends_with_its_runtime()
    {
        using var project = new ReaderProject();
        (await cove.RunAsync("run", project.Folder, "--isolation", "vm", "--detach")).ExitedWith(0);
        var folder = project.GroupIn(cove.Home);
        var state = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "state.json"))).RootElement;
        var socket = Path.Combine(folder, "agent.sock");

        Assert.Equal(ReaderProject.Greeting, await ReaderProject.GreetAsync(state));

        // Noise where a greeting belongs, a hundred times over: each connection ends, and the machine goes on.
        for (var i = 0; i < 100; i++) await NoiseAsync(socket);
        await using (var guest = await GuestClient.ConnectAsync(socket, TimeSpan.FromMinutes(1)))
        {
            Assert.True((await Accepted(guest.CallAsync(GuestCalls.Ping, new PingRequest()))).PolicySet);

            var second = Convert.ToBase64String(Encoding.UTF8.GetBytes("package policy\n"));
            Assert.Contains("policy-already-set", await Findings(guest.CallAsync(GuestCalls.SetPolicy, new SetPolicyRequest(second))));

            // A disk that is in use, in another's place; and one that no controller has.
            foreach (var (target, disk) in ((int, string)[])[(0, GuestPaths.LayerDisk(1)), (9, "scsi://999")])
                await Assert.ThrowsAnyAsync<Exception>(async () => await Accepted(guest.CallAsync(GuestCalls.MountDevice, new MountDeviceRequest(GuestPaths.Layer(target), disk, ["ro"]))));
            Assert.True((await Accepted(guest.CallAsync(GuestCalls.Ping, new PingRequest()))).PolicySet);
        }

        // One byte of each piece of the file that the container has not come to yet, on the disk as the host has it: the kernel notices.
        var log = Path.Combine(folder, "logs", "reader.log");
        await UntilAsync(() => File.Exists(log) && File.ReadAllText(log).Contains("piece 1 ok", StringComparison.Ordinal), "the container did not read");
        project.Alter(Directory.GetFiles(cove.Home, "*.ext4", SearchOption.AllDirectories));
        await UntilAsync(() => File.ReadAllText(log).Contains("failed", StringComparison.Ordinal), "the container read altered bytes");
        Assert.DoesNotContain(ReaderProject.Altered, await File.ReadAllTextAsync(log), StringComparison.Ordinal);

        var (runtime, machine) = (state.GetProperty("runtimeProcess").GetInt32(), state.GetProperty("agentProcess").GetInt32());
        Assert.Contains("qemu", await File.ReadAllTextAsync($"/proc/{machine}/cmdline"), StringComparison.Ordinal);
        using (var process = System.Diagnostics.Process.GetProcessById(runtime)) process.Kill();
        await UntilAsync(() => !IsAlive(machine), "the machine outlived its runtime");
    }

    [Fact]
    public async Task An_altered_initrd_or_command_line_is_another_measurement_and_gets_no_key()
    {
        // The owner's run: the key at the key service is for this policy on this image.
        var owners = (await cove.RunAsync("run", cove.Sample, "--isolation", "vm", "--json")).ExitedWith(0).Json;
        var measured = new HashSet<string> { owners.GetProperty("measurement").GetString()! };

        // The host's: the same group, but not the owner's part of the project, and an image with something more in it.
        var project = cove.CopySample();
        var file = Path.Combine(project, "cove.json");
        var mine = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        mine.AsObject().Remove("keys");
        mine["parameters"]!.AsObject().Remove("sealedNote");
        await File.WriteAllTextAsync(file, mine.ToJsonString());
        foreach (var (name, more) in ((string, byte[])[])[("initrd", Archive("etc/more", "put here by the host\n")), ("cmdline", " more=1"u8.ToArray())])
        {
            var part = Path.Combine(cove.Home, "guest", name);
            var before = await File.ReadAllBytesAsync(part);
            await File.WriteAllBytesAsync(part, [.. before, .. more]);
            try
            {
                var answer = (await cove.RunAsync("run", project, "--isolation", "vm", "--json")).ExitedWith(1).Json;
                Assert.True(measured.Add(answer.GetProperty("measurement").GetString()!), $"an altered {name} is measured like another image");
                Assert.Contains("the key was not released to this group", Logs(answer, "note"), StringComparison.Ordinal);
                Assert.Contains("x-ms-sevsnpvm-launchmeasurement", Logs(answer, "skr"), StringComparison.Ordinal);
            }
            finally
            {
                await File.WriteAllBytesAsync(part, before);
            }
        }

        Directory.Delete(project, recursive: true);
    }

    private static string Logs(JsonElement answer, string container) =>
        answer.GetProperty("containers").EnumerateArray().Single(one => one.GetProperty("name").GetString() == container).GetProperty("logs").GetString()!;

    /// <summary>A cpio archive of one file, as the kernel takes one after another.</summary>
    private static byte[] Archive(string path, string content)
    {
        return [.. Entry(path, 0x81A4, content), .. Entry("TRAILER!!!", 0, "")];

        static byte[] Entry(string name, int mode, string content)
        {
            var fields = string.Concat(((int[])[1, mode, 0, 0, 1, 0, content.Length, 0, 0, 0, 0, name.Length + 1, 0]).Select(field => field.ToString("x8")));
            return Encoding.ASCII.GetBytes(Padded($"070701{fields}{name}\0") + Padded(content));
        }

        static string Padded(string text) => text.PadRight((text.Length + 3) / 4 * 4, '\0');
    }

    private static async Task UntilAsync(Func<bool> holds, string otherwise)
    {
        for (var waited = 0; !holds(); waited++)
        {
            Assert.True(waited < 1200, otherwise);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    private static bool IsAlive(int process)
    {
        try
        {
            // A child that nobody has reaped yet is over all the same.
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task NoiseAsync(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        try
        {
            await socket.SendAsync(RandomNumberGenerator.GetBytes(1000));
            while (await socket.ReceiveAsync(new byte[1000]) > 0)
            {
                // Whatever it says; that it ends the connection is the answer.
            }
        }
        catch (SocketException)
        {
            // So it ended.
        }
    }

    private static async Task<T> Accepted<T>(Task<Verdict<T>> call) =>
        (await call).IsAccepted(out var value, out var findings) ? value : throw new InvalidOperationException(string.Join(", ", findings.Select(finding => finding.Code)));

    private static async Task<IEnumerable<string>> Findings<T>(Task<Verdict<T>> call) =>
        (await call).IsAccepted(out _, out var findings) ? [] : findings.Select(finding => finding.Code);

    private static void Flip(string path)
    {
        using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = file.Length / 2;
        var value = file.ReadByte();
        file.Position = file.Length / 2;
        file.WriteByte((byte)(value ^ 1));
    }
}
