using System.Formats.Tar;
using System.Text;
using Cove.Agent.Tests.Support;
using Cove.Images.Layers;
using Cove.Outcomes;
using Cove.Protocol.Messages;

namespace Cove.Tests.Flow;

/// <summary>
/// A host that holds a machine's every string: it calls in the wrong order, leaves calls out, swaps disks, brings other policies, reads the
/// scratch disk. Each is refused by name, and the machine that refused it then runs its container.
/// </summary>
[Collection(Alone.Name)]
public sealed class HostileHostTests : IDisposable
{
    private const string Written = "what the container wrote and nobody else reads";
    private static readonly string Sandbox = new('5', 64);

    private static readonly TestContainer App = new(
        "app", "/bin/sh", "-c", $"cat /etc/upper; i=0; while [ $i -lt 4000 ]; do echo '{Written}'; i=$((i+1)); done >/work/log; busybox dd if=/dev/urandom of=/work/noise bs=1M count=2 2>/dev/null; busybox sync; busybox wc -c /work/log; exit 7");

    private static readonly TestContainer Web = new("web", "/bin/sh", "-c", "busybox httpd -f -p 127.0.0.1:8081 -h /etc & exec busybox httpd -f -p 8080 -h /etc");

    private readonly CoveProgram cove;
    private readonly DirectoryInfo place = Directory.CreateTempSubdirectory("cove-layers-");

    public HostileHostTests(CoveProgram cove)
    {
        CoveProgram.RequireHost();
        CoveProgram.RequireMachines();
        this.cove = cove;
    }

    public void Dispose() => place.Delete(recursive: true);

    [Fact]
    public async Task A_host_that_swaps_replays_drops_and_reorders_is_refused_and_the_guest_stays_up()
    {
        await ImageAsync();
        var (lower, upper) = (BusyboxLayer.Get(), Upper());
        var policy = Policy(lower.Root, upper.Root);
        await using var machine = await MachineUnderTest.BootAsync(cove, policy);
        var host = machine.Host;

        // Nothing without a policy; and not that of another group, nor this one a second time.
        var sandbox = new CreateSandboxRequest(Sandbox, "group");
        Assert.Equal("policy-not-set", await Refused(host.CallAsync(GuestCalls.CreateSandbox, sandbox)));
        Assert.Equal("policy-not-set", await Refused(host.CallAsync(GuestCalls.StartContainer, new StartContainerRequest(App.Id))));
        var replayed = new SetPolicyRequest(Convert.ToBase64String(Policy(lower.Root, lower.Root)));
        Assert.Equal("host-data-mismatch", await Refused(host.CallAsync(GuestCalls.SetPolicy, replayed)));
        var right = new SetPolicyRequest(Convert.ToBase64String(policy));
        await Accepted(host.CallAsync(GuestCalls.SetPolicy, right));
        Assert.Equal("policy-already-set", await Refused(host.CallAsync(GuestCalls.SetPolicy, right)));
        Assert.Equal("policy-already-set", await Refused(host.CallAsync(GuestCalls.SetPolicy, replayed)));

        // Calls too early: a container before its sandbox and its layers, a start before a container.
        Assert.Equal("sandbox-missing", await Refused(host.CallAsync(GuestCalls.MountOverlay, Overlay(App, 0, 1))));
        await Accepted(host.CallAsync(GuestCalls.CreateSandbox, sandbox));
        await Refused(host.CallAsync(GuestCalls.CreateContainer, App.Request));
        Assert.Equal("container-unknown", await Refused(host.CallAsync(GuestCalls.StartContainer, new StartContainerRequest(App.Id))));
        await Refused(host.CallAsync(GuestCalls.MountOverlay, Overlay(App, 0, 1)));

        // The disk of one layer becomes that of another after its tree was made, and once more while it is plugged in.
        var swapped = Path.Combine(place.FullName, "swapped.ext4");
        File.Copy(lower.Path, swapped);
        var disk = await machine.AttachAsync(swapped);
        Overwrite(swapped, upper.Path);
        await Refused(host.CallAsync(GuestCalls.MountDevice, new MountDeviceRequest(GuestPaths.Layer(9), disk, ["ro"])));

        // Each layer in the other's place: the file system that they would make is not the one that the policy has.
        await Accepted(host.CallAsync(GuestCalls.MountDevice, new MountDeviceRequest(GuestPaths.Layer(0), await machine.AttachAsync(lower.Path), ["ro"])));
        Assert.Equal("layer-count", await Refused(host.CallAsync(GuestCalls.MountOverlay, Overlay(App, 0))));
        await Accepted(host.CallAsync(GuestCalls.MountDevice, new MountDeviceRequest(GuestPaths.Layer(1), await machine.AttachAsync(upper.Path), ["ro"])));
        Assert.Equal("layer-order", await Refused(host.CallAsync(GuestCalls.MountOverlay, Overlay(App, 0, 1))));

        // A call left out: there is no root file system to run in.
        await Refused(host.CallAsync(GuestCalls.CreateContainer, App.Request));
        await Accepted(host.CallAsync(GuestCalls.MountOverlay, Overlay(App, 1, 0)));
        var before = machine.WrittenToScratch();
        Assert.InRange(before, 1, 8 << 20);
        await Accepted(host.CallAsync(GuestCalls.CreateContainer, App.Request));
        await Accepted(host.CallAsync(GuestCalls.StartContainer, new StartContainerRequest(App.Id)));
        Assert.Equal(7, (await Accepted(host.CallAsync(GuestCalls.WaitContainer, new WaitContainerRequest(App.Id)))).ExitCode);
        Assert.Equal($"the upper layer\n{4000 * (Written.Length + 1)} /work/log\n", await LogAsync(machine));

        // All that was written is on the host's disk, and none of it can be read there.
        Assert.True(machine.WrittenToScratch() - before > 2 << 20, $"{before} bytes before, {machine.WrittenToScratch()} after");
        Assert.False(machine.ScratchHas(Written));
        Assert.False(machine.ScratchHas("lost+found"));
        var memory = await Accepted(host.CallAsync(GuestCalls.DumpStacks, new DumpStacksRequest()));
        TestContext.Current.TestOutputHelper?.WriteLine(memory.Text.Split('\n')[0]);

        await AnotherMachineAsync(machine.FirstBlockOfScratch(), policy, lower.Path, upper.Path);
    }

    /// <summary>
    /// A second machine with the same policy: its scratch disk is under another key, although it is made the same, and it has a pod's network,
    /// in which anyone reaches the port that its container listens on.
    /// </summary>
    private async Task AnotherMachineAsync(byte[] firstBlock, byte[] policy, params string[] layers)
    {
        using var pod = new PodNamespace();
        await using (var machine = await MachineUnderTest.BootAsync(cove, policy, pod))
        {
            var host = machine.Host;
            await Accepted(host.CallAsync(GuestCalls.SetPolicy, new SetPolicyRequest(Convert.ToBase64String(policy))));
            await Assert.ThrowsAsync<MalformedException>(async () => await Accepted(host.CallAsync(
                GuestCalls.CreateSandbox, new CreateSandboxRequest(Sandbox, "group", Network: machine.Network! with { PrefixLength = 33 }))));
            await Accepted(host.CallAsync(GuestCalls.CreateSandbox, new CreateSandboxRequest(Sandbox, "group", Network: machine.Network)));
            for (var i = 0; i < layers.Length; i++)
                await Accepted(host.CallAsync(GuestCalls.MountDevice, new MountDeviceRequest(GuestPaths.Layer(i), await machine.AttachAsync(layers[i]), ["ro"])));
            await Accepted(host.CallAsync(GuestCalls.MountOverlay, Overlay(Web, 1, 0)));
            await Accepted(host.CallAsync(GuestCalls.CreateContainer, Web.Request));
            await Accepted(host.CallAsync(GuestCalls.StartContainer, new StartContainerRequest(Web.Id)));
            Assert.Equal("the upper layer\n", await GetAsync($"http://{pod.Address}:8080/upper"));

            // A port that the host names leads to what listens for everybody, and not to what listens on the guest's localhost alone.
            Assert.Equal("the upper layer\n", await GetAsync($"http://127.0.0.1:{machine.Publish(8080)}/upper"));
            using (var client = new HttpClient())
                await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri($"http://127.0.0.1:{machine.Publish(8081)}/upper")));
            await UntilWrittenAsync(machine);
            Assert.NotEqual(firstBlock, machine.FirstBlockOfScratch());
        }

        Assert.DoesNotContain("cove0", pod.Interfaces(), StringComparison.Ordinal);
    }

    private static async Task<string> GetAsync(string url)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        for (var tries = 0; ; tries++)
        {
            try
            {
                return await client.GetStringAsync(new Uri(url), TestContext.Current.CancellationToken);
            }
            catch (Exception early) when (early is HttpRequestException or TaskCanceledException && tries < 60)
            {
                await Task.Delay(500, TestContext.Current.CancellationToken);
            }
        }
    }

    private static async Task UntilWrittenAsync(MachineUnderTest machine)
    {
        for (var waited = 0; machine.FirstBlockOfScratch().All(value => value == 0); waited++)
        {
            Assert.True(waited < 600, "the guest wrote nothing");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    private static MountOverlayRequest Overlay(TestContainer of, params int[] layers) =>
        new(of.Id, [.. layers.Select(GuestPaths.Layer)], GuestPaths.Rootfs(of.Id), GuestPaths.Scratch(Sandbox, of.Id));

    private static byte[] Policy(string lower, string upper)
    {
        var one = Encoding.UTF8.GetString(new TestPolicy(lower, App, Web) { DumpStacks = true }.Bytes);
        return Encoding.UTF8.GetBytes(one.Replace($"\"layers\":[\"{lower}\"]", $"\"layers\":[\"{lower}\",\"{upper}\"]", StringComparison.Ordinal));
    }

    private static async Task<string> LogAsync(MachineUnderTest machine)
    {
        using var output = new MemoryStream();
        await Accepted(machine.Host.CallAsync(GuestCalls.Logs, new LogsRequest(App.Id), new Cove.Protocol.Client.GuestStdio(Output: output)));
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static void Overwrite(string file, string with)
    {
        using var to = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        to.Write(File.ReadAllBytes(with));
    }

    private static async Task<T> Accepted<T>(Task<Verdict<T>> call) =>
        (await call).IsAccepted(out var value, out var findings) ? value : throw new Xunit.Sdk.XunitException(string.Join("; ", findings));

    /// <summary>The code of the refusal: a verdict's first finding, or that of a call that failed.</summary>
    private static async Task<string> Refused<T>(Task<Verdict<T>> call)
    {
        try
        {
            return (await call).IsAccepted(out _, out var findings) ? throw new Xunit.Sdk.XunitException("it was accepted") : findings[0].Code;
        }
        catch (GuestFailedException failed)
        {
            return failed.Code;
        }
    }

    private async Task ImageAsync()
    {
        if (!Directory.Exists(Path.Combine(cove.Home, "guest"))) (await cove.RunAsync("guest", "build")).ExitedWith(0);
    }

    private (string Path, string Root) Upper()
    {
        var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "etc/") { Mode = (UnixFileMode)0b111_101_101 });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "etc/upper") { DataStream = new MemoryStream("the upper layer\n"u8.ToArray()), Mode = (UnixFileMode)0b110_100_100 });
        }

        tar.Position = 0;
        var path = Path.Combine(place.FullName, "upper.ext4");
        using var image = new FileStream(path, FileMode.Create, FileAccess.ReadWrite);
        return (path, LayerHasher.WriteExt4(tar, image).Root.Hex);
    }
}
