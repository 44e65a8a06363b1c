using System.Text;
using Cove.Agent.Tests.Support;
using Cove.Outcomes;
using Cove.Protocol.Client;
using Cove.Protocol.Messages;

namespace Cove.Agent.Tests.Flow;

/// <summary>What the policy allows beside containers: writable space, processes of the guest itself; and what no policy can make the guest do.</summary>
public sealed class SpaceTests
{
    private const string Space = "/run/gcs/c/space";

    // Every point allowed, so that only the guest's own checks are left.
    private const string EverythingAllowed = """
        package policy

        api_version := "0.12.0"
        framework_version := "0.5.0"

        mount_device := {"allowed": true}
        mount_overlay := {"allowed": true}
        create_container := {"allowed": true}
        unmount_device := {"allowed": true}
        unmount_overlay := {"allowed": true}
        rw_mount_device := {"allowed": true}
        rw_unmount_device := {"allowed": true}
        mount_blockdev := {"allowed": true}
        unmount_blockdev := {"allowed": true}
        scratch_mount := {"allowed": true}
        scratch_unmount := {"allowed": true}
        plan9_mount := {"allowed": true}
        plan9_unmount := {"allowed": true}
        runtime_logging := {"allowed": true}
        exec_external := {"allowed": true, "env_list": ["TIDE=high"], "allow_stdio_access": true}
        log_provider := {"allowed": true, "providers_to_keep": ["kept"]}
        host_network := {"allowed": true}
        reason := {"errors": []}
        """;

    [Fact]
    public async Task Space_is_memory_where_nothing_was_and_goes_when_it_is_empty()
    {
        await using var agent = await OpenAsync();
        AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.MountWritableDevice, new MountWritableDeviceRequest(Space)));
        Assert.Contains(await MountsAsync(agent), line => line.Contains(Space, StringComparison.Ordinal) && line.Contains("tmpfs", StringComparison.Ordinal));
        Assert.Equal("mount-exists", (await Failed(agent, GuestCalls.MountScratch, new MountScratchRequest(Space))).Code);

        AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.MountScratch, new MountScratchRequest(Space + "/inner", SizeBytes: 1 << 20)));
        Assert.Equal("mount-used", (await Failed(agent, GuestCalls.UnmountWritableDevice, new TargetRequest(Space))).Code);
        AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.UnmountScratch, new TargetRequest(Space + "/inner")));
        AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.UnmountWritableDevice, new TargetRequest(Space)));
        Assert.DoesNotContain(await MountsAsync(agent), line => line.Contains(Space, StringComparison.Ordinal));
        Assert.Equal("mount-unknown", (await Failed(agent, GuestCalls.UnmountWritableDevice, new TargetRequest(Space))).Code);
    }

    [Fact]
    public async Task What_the_guest_has_no_means_for_is_refused_though_the_policy_allows_it()
    {
        await using var agent = await OpenAsync();
        Assert.Equal("not-supported", (await Failed(agent, GuestCalls.MountWritableDevice, new MountWritableDeviceRequest(Space, Encrypted: false))).Code);
        Assert.Equal("not-supported", (await Failed(agent, GuestCalls.MountScratch, new MountScratchRequest(Space, Encrypted: false))).Code);
        Assert.Equal("not-supported", (await Failed(agent, GuestCalls.MountBlockDevice, new TargetRequest("/dev/sdb"))).Code);
        Assert.Equal("not-supported", (await Failed(agent, GuestCalls.UnmountBlockDevice, new TargetRequest("/dev/sdb"))).Code);
        Assert.Equal("not-supported", (await Failed(agent, GuestCalls.MountShared, new TargetRequest("/run/gcs/c/shared"))).Code);
        Assert.Equal("not-supported", (await Failed(agent, GuestCalls.UnmountShared, new TargetRequest("/run/gcs/c/shared"))).Code);
        Assert.Equal("not-supported", (await Failed(agent, GuestCalls.SetLogProviders, new LogProvidersRequest(["kept"]))).Code);

        // Of providers that the policy drops nothing is left to do.
        AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.SetLogProviders, new LogProvidersRequest(["dropped"])));
        await Assert.ThrowsAsync<MalformedException>(() => agent.Host.CallAsync(GuestCalls.MountScratch, new MountScratchRequest("/run/../etc")));
    }

    [Fact]
    public async Task A_process_beside_the_containers_has_its_folder_its_streams_and_the_variables_that_are_left()
    {
        await using var agent = await OpenAsync();
        using var written = new MemoryStream();
        var request = new ExecExternalRequest(["/bin/sh", "-c", "pwd; cat; echo $TIDE $EBB; exit 7"], ["TIDE=high", "EBB=low"], "/usr");
        var answer = await agent.Host.CallAsync(GuestCalls.ExecExternal, request, new GuestStdio(new MemoryStream("in\n"u8.ToArray()), written));
        Assert.Equal(7, AgentUnderTest.Accepted(answer).ExitCode);
        Assert.Equal("/usr\nin\nhigh\n", Encoding.UTF8.GetString(written.ToArray()));
        Assert.Equal("exec-failed", (await Failed(agent, GuestCalls.ExecExternal, new ExecExternalRequest(["/no/such/program"], []))).Code);
        Assert.Equal("working-directory-relative", (await Failed(agent, GuestCalls.ExecExternal, new ExecExternalRequest(["/bin/true"], [], "usr"))).Code);
    }

    [Fact]
    public async Task What_a_host_asks_about_a_container_that_is_not_there_is_decided_first()
    {
        await using var agent = await AgentUnderTest.OpenAsync(new TestContainer("app", "/bin/sh"));
        var unknown = new string('e', 64);
        Assert.Contains(AgentUnderTest.Denied(await agent.Host.CallAsync(GuestCalls.Exec, new ExecRequest(unknown, ["/bin/sh"]))), Decision);
        Assert.Contains(AgentUnderTest.Denied(await agent.Host.CallAsync(GuestCalls.Signal, new SignalRequest(unknown, 9, null))), Decision);
        Assert.Contains(AgentUnderTest.Denied(await agent.Host.CallAsync(GuestCalls.ShutdownContainer, new ShutdownContainerRequest(unknown))), Decision);
        Assert.Contains(AgentUnderTest.Denied(await agent.Host.CallAsync(GuestCalls.ExecExternal, new ExecExternalRequest(["/bin/true"], []))), Decision);
        Assert.Contains(
            AgentUnderTest.Denied(await agent.Host.CallAsync(GuestCalls.CreateContainer, new CreateContainerRequest(unknown, ["/bin/sh"], [], "/", HostNetwork: true))),
            finding => finding is { Code: "policy-decision", Field: "host_network" });
    }

    private static bool Decision(Finding finding) => finding.Code == "policy-decision";

    private static async Task<AgentUnderTest> OpenAsync()
    {
        var policy = Encoding.UTF8.GetBytes(EverythingAllowed);
        var agent = await AgentUnderTest.StartAsync(_ => new TestPolicy("") { Given = policy });
        AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.SetPolicy, new SetPolicyRequest(Convert.ToBase64String(policy))));
        return agent;
    }

    private static async Task<string[]> MountsAsync(AgentUnderTest agent) => await File.ReadAllLinesAsync($"/proc/{agent.AgentId}/mountinfo");

    private static Task<GuestFailedException> Failed<TRequest, TResponse>(AgentUnderTest agent, GuestCall<TRequest, TResponse> call, TRequest request) =>
        Assert.ThrowsAsync<GuestFailedException>(() => agent.Host.CallAsync(call, request));
}
