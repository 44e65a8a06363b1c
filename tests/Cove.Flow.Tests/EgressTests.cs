using System.Diagnostics;
using System.Text.Json;
using Cove.Runtime.Network;
using Cove.Tests.Network;

namespace Cove.Tests.Flow;

/// <summary>A way out of a group's network, where a process holds the group.</summary>
public sealed class EgressTests
{
    public EgressTests()
    {
        CoveProgram.RequireHost();
        OutsideWorld.Require();
    }

    [Fact]
    public async Task A_container_resolves_a_name_and_reaches_its_server_but_not_its_host_and_without_being_asked_nothing_at_all()
    {
        await using var at = await CoveInWorld.CreateAsync();
        using var project = new CallerProject(OutsideWorld.HostAddress, MetadataService.Address);
        var answer = (await at.Cove.RunAsync("run", project.Folder, "--isolation", "process", "--network", "nat", "--json")).ExitedWith(0).Json;
        Assert.Equal("nat", answer.GetProperty("network").GetString());
        Assert.Equal(CallerProject.Expected(OutsideWorld.HostAddress, MetadataService.Address), Logs(answer));
        Assert.DoesNotContain("cove", Links(at.World), StringComparison.Ordinal);

        var without = (await at.Cove.RunAsync("run", project.Folder, "--isolation", "process", "--json")).Json;
        Assert.Equal("none", without.GetProperty("network").GetString());
        Assert.DoesNotContain("asked by", Logs(without), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_runtime_leaves_neither_rule_nor_interface_nor_namespace()
    {
        await using var at = await CoveInWorld.CreateAsync();
        using var project = new ReaderProject();
        (await at.Cove.RunAsync("run", project.Folder, "--isolation", "process", "--network", "nat", "--detach")).ExitedWith(0);
        var folder = project.GroupIn(at.Cove.Home);
        var state = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "state.json"))).RootElement;
        var network = File.ResolveLinkTarget($"/proc/{state.GetProperty("agentProcess").GetInt32()}/ns/net", returnFinalTarget: false)!.Name;
        Assert.Contains("cove", Links(at.World), StringComparison.Ordinal);
        Assert.Contains("cove", Rules(at.World), StringComparison.Ordinal);
        Assert.Contains(network, Namespaces(), StringComparer.Ordinal);

        using (var runtime = Process.GetProcessById(state.GetProperty("runtimeProcess").GetInt32())) runtime.Kill();
        await UntilAsync(() => Rules(at.World).Length == 0, "the rules are still there");
        await UntilAsync(() => !Links(at.World).Contains("cove", StringComparison.Ordinal), "the interface is still there");
        await UntilAsync(() => !Namespaces().Contains(network, StringComparer.Ordinal), "somebody still lives in the group's network");
    }

    [Fact]
    public async Task A_host_that_forwards_no_packets_is_told_how_to_and_is_not_changed()
    {
        await using var at = await CoveInWorld.CreateAsync();
        at.World.Host.Run(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "0");
            return true;
        });
        using var project = new CallerProject();
        var refused = (await at.Cove.RunAsync("run", project.Folder, "--isolation", "process", "--network", "nat", "--json")).ExitedWith(5).Json.GetProperty("error");
        Assert.Equal("network-unavailable", refused.GetProperty("code").GetString());
        Assert.Equal("sudo sysctl -w net.ipv4.ip_forward=1", refused.GetProperty("hint").GetString());
        Assert.Equal("0", at.World.Host.Run(() => File.ReadAllText("/proc/sys/net/ipv4/ip_forward").Trim()));
    }

    private static string Logs(JsonElement answer) => Assert.Single(answer.GetProperty("containers").EnumerateArray()).GetProperty("logs").GetString()!;

    private static string Links(OutsideWorld world) => world.Host.Run(() => Iproute.Ip("-br", "link"));

    private static string Rules(OutsideWorld world)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "PATH=$PATH:/usr/sbin:/sbin exec nft list ruleset"]) { UseShellExecute = false, RedirectStandardOutput = true };
        using var process = world.Host.Run(() => Process.Start(start)!);
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return said.Trim();
    }

    /// <summary>The network namespaces that any thread lives in.</summary>
    private static IEnumerable<string> Namespaces()
    {
        foreach (var thread in Directory.GetDirectories("/proc").Where(process => char.IsAsciiDigit(Path.GetFileName(process)[0])).SelectMany(Threads))
        {
            string? name = null;
            try
            {
                name = File.ResolveLinkTarget(Path.Combine(thread, "ns/net"), returnFinalTarget: false)?.Name;
            }
            catch (Exception over) when (over is IOException or UnauthorizedAccessException)
            {
                // It ended while we looked.
            }

            if (name is not null) yield return name;
        }
    }

    private static string[] Threads(string process)
    {
        try
        {
            return Directory.GetDirectories(Path.Combine(process, "task"));
        }
        catch (Exception over) when (over is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static async Task UntilAsync(Func<bool> holds, string otherwise)
    {
        for (var waited = 0; !holds(); waited++)
        {
            Assert.True(waited < 600, otherwise);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }
}
