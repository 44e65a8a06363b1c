using Cove.Tests.Runtime.Shim.Support;

namespace Cove.Tests.Runtime.Shim;

/// <summary>Single containers, as <c>ctr run</c> makes them: each in a guest of its own.</summary>
[Collection(ContainerdCollection.Name)]
public sealed class CtrRunTests
{
    private static readonly string[] Speak = ["/bin/sh", "-c", "echo out; cat /etc/motd; echo err >&2; exit 7"];
    private readonly ContainerdUnderTest containerd;

    public CtrRunTests(ContainerdUnderTest containerd)
    {
        ContainerdUnderTest.Require();
        this.containerd = containerd;
    }

    [Fact]
    public async Task A_container_under_its_policy_gives_its_output_and_its_exit_code()
    {
        var said = await containerd.RunAsync("speaks", TestPod.Policy(containerd.Image, TestPod.Container("speaks", Speak)), Speak);
        Assert.Equal((7, "out\nmoored\n", "err\n"), (said.Code, said.Out, said.Error));
        await containerd.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_command_that_the_policy_does_not_list_is_not_run_and_the_reason_is_told()
    {
        var said = await containerd.RunAsync("other", TestPod.Policy(containerd.Image, TestPod.Container("speaks", Speak)), "/bin/sh", "-c", "echo other");
        Assert.NotEqual(0, said.Code);
        Assert.Empty(said.Out);
        Assert.Contains("denied by the pod's policy", said.Error);
        Assert.Contains("command", said.Error);
        await containerd.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_process_reads_what_is_written_to_it_until_its_end()
    {
        string[] wait = ["/bin/sleep", "600"], copy = ["/bin/cat"];
        var policy = TestPod.Policy(containerd.Image, TestPod.Container("waits", wait) with { ExecProcesses = [new Cove.Policy.Model.ExecProcess(copy, [])] });
        Assert.Equal(0, (await containerd.CtrAsync(
            ["run", "-d", "--runtime", "io.containerd.cove.v2", "--annotation", $"io.cove.policy={policy.Base64}", TestImage.Name, "waits", .. wait])).Code);
        var said = await containerd.CtrWithInputAsync("line\n", ["task", "exec", "--exec-id", "e1", "waits", .. copy]);
        Assert.Equal((0, "line\n"), (said.Code, said.Out));
        Assert.Contains("RUNNING", (await containerd.CtrAsync("task", "ls")).Out);
        Assert.NotEqual(0, (await containerd.CtrAsync("task", "exec", "--exec-id", "e2", "waits", "/bin/ls")).Code);
        Assert.Equal(0, (await containerd.CtrAsync("task", "kill", "-s", "KILL", "waits")).Code);
        while (!(await containerd.CtrAsync("task", "ls")).Out.Contains("STOPPED", StringComparison.Ordinal)) await Task.Delay(50, TestContext.Current.CancellationToken);
        var deleted = await containerd.CtrAsync("task", "delete", "waits");
        Assert.Equal(0, deleted.Code);
        Assert.Contains("137", deleted.Error);
        Assert.Equal(0, (await containerd.CtrAsync("container", "delete", "waits")).Code);
        await containerd.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_container_is_paused_and_resumed_where_its_policy_lists_the_stop_signal_and_nowhere_else()
    {
        string[] wait = ["/bin/sleep", "600"];
        var policy = TestPod.Policy(containerd.Image, TestPod.Container("stands", wait));
        var listed = Cove.Policy.PolicyText.FromText(policy.Text.Replace("\"signals\":[]", "\"signals\":[19]", StringComparison.Ordinal));
        foreach (var (id, text) in ((string, Cove.Policy.PolicyText)[])[("stands", listed), ("runs", policy)])
        {
            Assert.Equal(0, (await containerd.CtrAsync(["run", "-d", "--runtime", "io.containerd.cove.v2", "--annotation", $"io.cove.policy={text.Base64}", TestImage.Name, id, .. wait])).Code);
            var paused = await containerd.CtrAsync("task", "pause", id);
            if (id == "stands")
            {
                Assert.Equal(("", 0), (paused.Error, paused.Code));
                Assert.Contains("PAUSED", (await containerd.CtrAsync("task", "ls")).Out);
                Assert.NotEqual(0, (await containerd.CtrAsync("task", "exec", "--exec-id", "e1", id, "/bin/true")).Code);
                Assert.Equal(0, (await containerd.CtrAsync("task", "resume", id)).Code);
            }
            else
            {
                Assert.NotEqual(0, paused.Code);
                Assert.Contains("denied by the pod's policy", paused.Error);
            }

            Assert.Contains("RUNNING", (await containerd.CtrAsync("task", "ls")).Out);
            Assert.Equal(0, (await containerd.CtrAsync("task", "kill", "-s", "KILL", id)).Code);
            while (!(await containerd.CtrAsync("task", "ls")).Out.Contains("STOPPED", StringComparison.Ordinal)) await Task.Delay(50, TestContext.Current.CancellationToken);
            await containerd.CtrAsync("task", "delete", id);
            Assert.Equal(0, (await containerd.CtrAsync("container", "delete", id)).Code);
        }

        await containerd.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Init_data_carries_the_policy_and_its_digest_is_in_the_report()
    {
        var policy = TestPod.Policy(containerd.Image, TestPod.Container("speaks", Speak));
        var document = $"version = \"0.1.0\"\nalgorithm = \"sha384\"\n[data]\n\"policy.rego\" = '''\n{policy.Text}'''\n";
        using var packed = new MemoryStream();
        await using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Optimal)) gzip.Write(System.Text.Encoding.UTF8.GetBytes(document));
        var said = await containerd.RunAsync("initdata", $"io.katacontainers.config.hypervisor.cc_init_data={Convert.ToBase64String(packed.ToArray())}", Speak);
        Assert.Equal((7, "out\nmoored\n"), (said.Code, said.Out));
        await containerd.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Without_a_policy_nothing_is_run()
    {
        var said = await containerd.RunAsync("bare", annotation: null, Speak);
        Assert.NotEqual(0, said.Code);
        Assert.Contains("carries no policy", said.Error);
        await containerd.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_layer_that_the_policy_does_not_name_is_not_mounted()
    {
        var facts = containerd.Image.Facts with { Layers = [containerd.Image.Facts.Layers[0], new string('5', 64)] };
        var policy = Cove.Policy.Generation.PolicyGenerator.Generate(
            new Cove.Policy.Model.ContainerGroup { Name = "pod", Type = "Pod", Platform = Cove.Policy.Model.GroupPlatform.VirtualNode, Containers = [TestPod.Container("speaks", Speak)] },
            _ => facts,
            new Cove.Policy.Generation.GeneratorOptions { ExcludeDefaultFragments = true });
        var said = await containerd.RunAsync("swapped", policy, Speak);
        Assert.NotEqual(0, said.Code);
        Assert.Contains("layer-not-listed", said.Error);
        await containerd.AssertNothingLeftAsync();
    }
}
