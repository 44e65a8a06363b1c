using System.Security.Cryptography;
using System.Text;
using Cove.Agent.Tests.Support;
using Cove.Outcomes;
using Cove.Protocol.Messages;

namespace Cove.Agent.Tests.Flow;

public sealed class RefusalTests
{
    private static readonly string[] Env = ["PATH=/bin", "MODE=plain"];

    [Fact]
    public async Task Behind_the_closed_door_everything_is_denied()
    {
        var app = new TestContainer("app", "/bin/true");
        await using var agent = await AgentUnderTest.StartAsync(layer => new TestPolicy(layer.Root, app));
        Assert.False(AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.Ping, new PingRequest())).PolicySet);
        Closed(await agent.MountLayerAsync(agent.Layer.Path));
        Closed(await agent.Host.CallAsync(GuestCalls.CreateSandbox, new CreateSandboxRequest(agent.SandboxId)));
        Closed(await agent.Host.CallAsync(GuestCalls.CreateVolume, new CreateVolumeRequest("a", VolumeKind.EmptyDir)));
        Closed(await agent.Host.CallAsync(GuestCalls.CreateContainer, app.Request));
        Closed(await agent.Host.CallAsync(GuestCalls.Exec, new ExecRequest(app.Id, ["/bin/sh"])));
        Closed(await agent.Host.CallAsync(GuestCalls.GetProperties, new GetPropertiesRequest()));
        Closed(await agent.Host.CallAsync(GuestCalls.ShutdownContainer, new ShutdownContainerRequest(app.Id)));

        static void Closed<T>(Verdict<T> verdict) => Assert.Equal("policy-not-set", AgentUnderTest.Denied(verdict)[0].Code);
    }

    [Fact]
    public async Task A_policy_that_the_report_does_not_name_is_refused_and_the_right_one_still_works()
    {
        var app = new TestContainer("app", "/bin/true");
        await using var agent = await AgentUnderTest.StartAsync(layer => new TestPolicy(layer.Root, app));
        var other = new TestPolicy(agent.Layer.Root, app, new TestContainer("more", "/bin/sh"));
        var finding = AgentUnderTest.Denied(await agent.Host.CallAsync(GuestCalls.SetPolicy, new SetPolicyRequest(other.Base64)))[0];
        Assert.Equal("host-data-mismatch", finding.Code);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(agent.Policy.Bytes)), finding.Expected);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(other.Bytes)), finding.Actual);
        Assert.Equal("policy-not-set", AgentUnderTest.Denied(await agent.MountLayerAsync(agent.Layer.Path))[0].Code);
        AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.SetPolicy, new SetPolicyRequest(agent.Policy.Base64)));
    }

    [Fact]
    public async Task A_second_policy_is_refused_be_it_the_same()
    {
        await using var agent = await AgentUnderTest.OpenAsync(new TestContainer("app", "/bin/true"));
        var again = await agent.Host.CallAsync(GuestCalls.SetPolicy, new SetPolicyRequest(agent.Policy.Base64));
        Assert.Equal("policy-already-set", AgentUnderTest.Denied(again)[0].Code);
    }

    [Fact]
    public async Task A_layer_altered_by_one_byte_is_not_mounted()
    {
        await using var agent = await AgentUnderTest.OpenAsync(new TestContainer("app", "/bin/true"));
        var altered = Path.Combine(Path.GetTempPath(), $"cove-altered-{Guid.NewGuid():n}.ext4");
        try
        {
            var bytes = await File.ReadAllBytesAsync(agent.Layer.Path);
            bytes[bytes.Length / 2] ^= 1;
            await File.WriteAllBytesAsync(altered, bytes);
            var findings = AgentUnderTest.Denied(await agent.MountLayerAsync(altered, index: 1));
            Assert.Contains(findings, finding => finding.Code == "policy-decision" && finding.Actual.Contains("policyDecision< ", StringComparison.Ordinal));

            bytes[bytes.Length / 2] ^= 1;
            await File.WriteAllBytesAsync(altered, bytes);
            Assert.Equal(agent.Layer.Root, AgentUnderTest.Accepted(await agent.MountLayerAsync(altered, index: 1)).RootHash);
        }
        finally
        {
            File.Delete(altered);
        }
    }

    [Fact]
    public async Task A_layer_changed_after_it_was_mounted_changes_nothing()
    {
        var app = new TestContainer("app", "/bin/cat", "/etc/group");
        await using var agent = await AgentUnderTest.OpenAsync(app);
        var mine = Path.Combine(Path.GetTempPath(), $"cove-swapped-{Guid.NewGuid():n}.ext4");
        try
        {
            File.Copy(agent.Layer.Path, mine);
            AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.UnmountDevice, new UnmountDeviceRequest(GuestPaths.Layer(0))));
            AgentUnderTest.Accepted(await agent.MountLayerAsync(mine));
            await File.WriteAllBytesAsync(mine, new byte[new FileInfo(mine).Length]);
            Assert.StartsWith("root:x:0:\n", (await agent.RunAsync(app)).Output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(mine);
        }
    }

    [Theory]
    [InlineData("env", "MODE=other")]
    [InlineData("env", "LD_PRELOAD=/tmp/x.so")]
    [InlineData("command", "-c")]
    [InlineData("working_dir", "/")]
    [InlineData("mounts", "/etc")]
    [InlineData("privileged", "")]
    [InlineData("umask", "0000")]
    public async Task A_container_with_one_thing_changed_is_refused_and_the_finding_names_it(string what, string value)
    {
        var app = new TestContainer("app", "/bin/true") { Env = Env };
        await using var agent = await AgentUnderTest.OpenAsync(app);
        var findings = AgentUnderTest.Denied(await agent.CreateAsync(app, request => what switch
        {
            "env" => request with { Env = [.. request.Env.Where(e => !e.StartsWith("MODE=", StringComparison.Ordinal)), value] },
            "command" => request with { Args = [.. request.Args, value] },
            "working_dir" => request with { WorkingDirectory = value },
            "mounts" => request with { Mounts = [new ContainerMount(value, "sandbox:///tmp/atlas/emptydir/x", "bind", ["rbind", "rshared", "rw"])] },
            "umask" => request with { Umask = value },
            _ => request with { Privileged = true },
        }));
        Assert.Contains(findings, finding => finding.Field.Contains("app", StringComparison.Ordinal) || finding.Expected.Contains("app", StringComparison.Ordinal));
        Assert.Equal("policy-decision", findings[^1].Code);

        // Nothing was remembered of it: as the owner wrote it, it is created.
        AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.CreateContainer, app.Request));
    }

    [Fact]
    public async Task A_layer_that_no_container_lists_is_not_mounted()
    {
        await using var agent = await AgentUnderTest.StartAsync(_ => new TestPolicy(new string('0', 64), new TestContainer("app", "/bin/true")));
        AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.SetPolicy, new SetPolicyRequest(agent.Policy.Base64)));
        AgentUnderTest.Denied(await agent.MountLayerAsync(agent.Layer.Path));
    }

    [Fact]
    public async Task Secret_values_never_show_in_a_denial()
    {
        var app = new TestContainer("app", "/bin/true") { Env = ["PATH=/bin", "TOKEN=the-owners-secret"] };
        await using var agent = await AgentUnderTest.OpenAsync(app);
        var findings = AgentUnderTest.Denied(await agent.CreateAsync(app, request => request with { Env = ["PATH=/bin", "TOKEN=the-hosts-secret"] }));
        foreach (var finding in findings)
        {
            var text = finding.ToString();
            if (finding.Code == "policy-decision")
                text += Encoding.UTF8.GetString(Convert.FromBase64String(finding.Actual.Split('<', '>')[1].Trim()));
            Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("not an id")]
    [InlineData("ABCDEF")]
    public async Task An_id_of_another_form_is_malformed(string id)
    {
        await using var agent = await AgentUnderTest.OpenAsync(new TestContainer("app", "/bin/true"));
        await Assert.ThrowsAsync<MalformedException>(() => agent.Host.CallAsync(GuestCalls.StartContainer, new StartContainerRequest(id)));
    }

    [Fact]
    public async Task The_hard_checks_hold_whatever_the_policy_says()
    {
        var app = new TestContainer("app", "/bin/true");
        await using var agent = await AgentUnderTest.OpenAsync(app);
        await Assert.ThrowsAsync<MalformedException>(() => agent.Host.CallAsync(
            GuestCalls.MountDevice, new MountDeviceRequest(GuestPaths.Layer(1), agent.Layer.Path, ["rw"])));
        await Assert.ThrowsAsync<MalformedException>(() => agent.Host.CallAsync(
            GuestCalls.MountOverlay, new MountOverlayRequest(app.Id, [GuestPaths.Layer(0)], "/etc", GuestPaths.Scratch(agent.SandboxId, app.Id))));
        await Assert.ThrowsAsync<MalformedException>(() => agent.Host.CallAsync(
            GuestCalls.MountOverlay, new MountOverlayRequest(app.Id, [GuestPaths.Layer(0)], GuestPaths.Rootfs(app.Id), "/run/gcs/c/../x")));
        await Assert.ThrowsAsync<MalformedException>(() => agent.Host.CallAsync(
            GuestCalls.MountDevice, new MountDeviceRequest(GuestPaths.Layer(1), agent.State + $"/run/gcs/c/{agent.SandboxId}/hosts", ["ro"])));
    }
}
