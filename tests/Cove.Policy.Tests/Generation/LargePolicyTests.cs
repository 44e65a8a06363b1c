using System.Diagnostics;
using Cove.Policy.Enforcement;
using Cove.Policy.Generation;
using Cove.Policy.Model;

namespace Cove.Tests.Generation;

/// <summary>Fifty containers with two hundred variables each. How long it takes is the benchmark's; here, that it comes out and decides.</summary>
public sealed class LargePolicyTests
{
    [Fact]
    public void A_large_group_has_a_policy_that_knows_each_of_its_containers()
    {
        var group = new ContainerGroup
        {
            Name = "large",
            Type = "",
            Containers = [.. Enumerable.Range(0, 50).Select(i => new GroupContainer
            {
                Name = $"c{i}",
                Image = "example/app:1",
                Command = [$"/app{i}"],
                Environment = [.. Enumerable.Range(0, 200).Select(j => new EnvironmentVariable($"V{j}", new TemplateText($"{i}-{j}")))],
            })],
        };
        var watch = Stopwatch.StartNew();
        var policy = PolicyGenerator.Generate(group, _ => Samples.Image);
        TestContext.Current.SendDiagnosticMessage($"{policy.Bytes.Length} bytes in {watch.ElapsedMilliseconds} ms");
        var enforcer = new PolicyEnforcer();
        Assert.True(enforcer.SetPolicy(policy).IsAccepted(out _, out _));
        Assert.True(enforcer.MountDevice("/run/mounts/scsi/m0", Samples.Layer1).IsAllowed(out _, out _));
        Assert.True(enforcer.MountDevice("/run/mounts/scsi/m1", Samples.Layer2).IsAllowed(out _, out _));
        foreach (var i in (int[])[0, 49])
        {
            var id = new string((char)('a' + (i % 6)), 64);
            Assert.True(enforcer.MountOverlay(id, ["/run/mounts/scsi/m1", "/run/mounts/scsi/m0"], $"/run/gcs/c/{id}/rootfs").IsAllowed(out _, out _));
            var request = new CreateContainerRequest
            {
                ContainerId = id,
                SandboxDirectory = "/s",
                HugePagesDirectory = "/h",
                Process = new ProcessRequest
                {
                    Command = [$"/app{i}"],
                    Environment = [.. Enumerable.Range(0, 200).Select(j => $"V{j}={i}-{j}")],
                    WorkingDirectory = "/w",
                    User = new Identity("1000", ""),
                    Groups = [new Identity("1000", "")],
                },
            };
            Assert.False(enforcer.CreateContainer(request with { Process = request.Process with { Command = [$"/app{i}", "more"] } }).IsAllowed(out _, out _));
            Assert.True(enforcer.CreateContainer(request).IsAllowed(out var allowance, out var denial), denial?.Message);
            Assert.Equal(200, allowance!.Environment.Count);
        }
    }
}
