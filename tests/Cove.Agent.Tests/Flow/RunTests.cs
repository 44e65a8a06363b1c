using Cove.Agent.Tests.Support;
using Cove.Protocol.Client;
using Cove.Protocol.Messages;

namespace Cove.Agent.Tests.Flow;

public sealed class RunTests
{
    [Fact]
    public async Task A_listed_container_runs_prints_and_ends_with_its_own_code()
    {
        var app = new TestContainer("app", "/bin/sh", "-c", "echo hello $NAME; echo oops >&2; hostname; cat /etc/resolv.conf; pwd; exit 7") { Env = ["PATH=/bin", "NAME=world"] };
        await using var agent = await AgentUnderTest.OpenAsync(app);
        var (code, output, error) = await agent.RunAsync(app);
        Assert.Equal("hello world\ntestgroup\nsearch example.org\nnameserver 192.0.2.1\n/work\n", output);
        Assert.Equal("oops\n", error);
        Assert.Equal(7, code);
    }

    [Fact]
    public async Task A_container_finds_its_policy_and_the_certificates_in_the_security_context()
    {
        var app = new TestContainer("app", "/bin/sh", "-c", "cd $UVM_SECURITY_CONTEXT_DIR && ls && cat host-amd-cert-base64 && echo && cat security-policy-base64");
        await using var agent = await AgentUnderTest.OpenAsync(app);
        var (code, output, _) = await agent.RunAsync(app);
        Assert.Equal(0, code);
        Assert.Equal($"attester\nhost-amd-cert-base64\nsecurity-policy-base64\nY2VydA==\n{agent.Policy.Base64}", output);
    }

    [Fact]
    public async Task The_secure_processor_is_there_and_the_guests_own_files_are_not()
    {
        var app = new TestContainer("app", "/bin/sh", "-c", $"test -S /dev/cove-sp && echo processor; ls -d /tmp/cove-agent-* 2>&1; cat /proc/1/comm; true");
        await using var agent = await AgentUnderTest.OpenAsync(app);
        var (_, output, _) = await agent.RunAsync(app);
        Assert.Equal("processor\nls: /tmp/cove-agent-*: No such file or directory\nsh\n", output);
    }

    [Fact]
    public async Task Containers_share_volumes_and_read_their_secrets_as_any_user()
    {
        ContainerMount shared = new("/shared", "sandbox:///tmp/atlas/emptydir/cache", "bind", ["rbind", "rshared", "rw"]);
        ContainerMount secret = new("/secret", "sandbox:///tmp/atlas/secretsVolume/note", "bind", ["rbind", "rshared", "ro"]);
        var writer = new TestContainer("writer", "/bin/sh", "-c", "echo from the first > /shared/word") { Mounts = [shared] };
        var reader = new TestContainer("reader", "/bin/sh", "-c", "cat /shared/word /secret/text; stat -c %a /secret/text; touch /secret/more") { User = "reader", Mounts = [shared, secret] };
        await using var agent = await AgentUnderTest.OpenAsync(writer, reader);
        foreach (var volume in (CreateVolumeRequest[])
        [
            new("cache", VolumeKind.EmptyDir), new("note", VolumeKind.Secret, [new VolumeFile("text", "sealed\n"u8.ToArray())]),
        ])
        {
            AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.CreateVolume, volume));
        }

        Assert.Equal(0, (await agent.RunAsync(writer)).Code);
        var (code, output, error) = await agent.RunAsync(reader);
        Assert.Equal("from the first\nsealed\n444\n", output);
        Assert.Contains("Read-only file system", error, StringComparison.Ordinal);
        Assert.NotEqual(0, code);
    }

    [Fact]
    public async Task A_user_named_by_the_image_is_resolved_in_the_image()
    {
        var app = new TestContainer("app", "/bin/id") { User = "reader" };
        await using var agent = await AgentUnderTest.OpenAsync(app);
        Assert.Equal("uid=1000(reader) gid=100(users)\n", (await agent.RunAsync(app)).Output);
    }

    [Fact]
    public async Task A_container_that_fails_is_started_again_until_it_succeeds()
    {
        ContainerMount memory = new("/memory", "sandbox:///tmp/atlas/emptydir/memory", "bind", ["rbind", "rshared", "rw"]);
        var app = new TestContainer("app", "/bin/sh", "-c", "if [ -e /memory/seen ]; then echo again; exit 0; fi; touch /memory/seen; echo first; exit 3")
        {
            Mounts = [memory],
            Restart = RestartPolicy.OnFailure,
        };
        await using var agent = await AgentUnderTest.OpenAsync(app);
        AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.CreateVolume, new CreateVolumeRequest("memory", VolumeKind.EmptyDir)));
        var (code, output, _) = await agent.RunAsync(app);
        Assert.Equal("first\nagain\n", output);
        Assert.Equal(0, code);
        var exits = new List<ContainerExited>();
        await foreach (var exited in agent.Host.ContainerExits)
        {
            exits.Add(exited);
            if (!exited.WillRestart) break;
        }

        Assert.Equal([new ContainerExited(app.Id, 3, 0, true), new ContainerExited(app.Id, 0, 1, false)], exits);
    }

    [Fact]
    public async Task A_program_that_is_not_in_the_image_fails_with_the_runtimes_words_and_can_be_tried_again()
    {
        var app = new TestContainer("app", "/bin/nothing");
        await using var agent = await AgentUnderTest.OpenAsync(app);
        var failed = await Assert.ThrowsAsync<GuestFailedException>(() => agent.CreateAsync(app));
        Assert.Equal("create-failed", failed.Code);
        Assert.Contains("/bin/nothing", failed.Message, StringComparison.Ordinal);

        // The policy's memory of the container was taken back with it: it is not "already started".
        var again = await Assert.ThrowsAsync<GuestFailedException>(() => agent.Host.CallAsync(GuestCalls.CreateContainer, app.Request));
        Assert.Equal("create-failed", again.Code);
    }

    [Fact]
    public async Task Shutting_a_container_down_ends_it_and_its_file_system_can_be_taken_apart()
    {
        var app = new TestContainer("app", "/bin/sleep", "600");
        await using var agent = await AgentUnderTest.OpenAsync(app);
        await agent.StartContainerAsync(app);
        var early = await Assert.ThrowsAsync<GuestFailedException>(() => agent.Host.CallAsync(GuestCalls.UnmountOverlay, new UnmountOverlayRequest(app.Id)));
        Assert.Equal("mount-used", early.Code);
        var used = await Assert.ThrowsAsync<GuestFailedException>(() => agent.Host.CallAsync(GuestCalls.UnmountDevice, new UnmountDeviceRequest(GuestPaths.Layer(0))));
        Assert.Equal("mount-used", used.Code);

        var ended = AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.ShutdownContainer, new ShutdownContainerRequest(app.Id, GraceSeconds: 1)));
        Assert.Equal(137, ended.ExitCode);
        AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.UnmountOverlay, new UnmountOverlayRequest(app.Id)));
        AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.UnmountDevice, new UnmountDeviceRequest(GuestPaths.Layer(0))));
        AgentUnderTest.Accepted(await agent.MountLayerAsync(agent.Layer.Path));
    }
}
