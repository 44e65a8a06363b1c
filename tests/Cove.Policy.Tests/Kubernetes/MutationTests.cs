using System.Text;
using Cove.Policy.Enforcement;
using Cove.Policy.Generation;
using Cove.Policy.Kubernetes;
using Cove.Policy.Model;
using Cove.Policy;

namespace Cove.Tests.Kubernetes;

/// <summary>A Deployment's policy lets exactly its own requests through: each of them changed in one place is refused.</summary>
public sealed class MutationTests
{
    private const string Id = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string Sandbox = "/run/gcs/c/0000000000000000000000000000000000000000000000000000000000000000/sandboxMounts";
    private const string Other = "3333333333333333333333333333333333333333333333333333333333333333";

    private static readonly string[] Documents =
    [
        """{ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "c" }, "data": { "MODE": "fast" } }""",
        """{ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "s" }, "stringData": { "token": "s3cr3t" } }""",
        """
        {
          "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "d" },
          "spec": { "template": { "spec": {
            "initContainers": [ { "name": "prepare", "image": "a", "args": ["prepare"], "securityContext": { "allowPrivilegeEscalation": false } },
                                { "name": "watch", "image": "a", "restartPolicy": "Always", "args": ["watch"], "securityContext": { "allowPrivilegeEscalation": false } } ],
            "containers": [
              { "name": "main", "image": "a", "args": ["serve", "$(MODE)"], "envFrom": [ { "configMapRef": { "name": "c" } } ],
                "env": [ { "name": "TOKEN", "valueFrom": { "secretKeyRef": { "name": "s", "key": "token" } } } ],
                "securityContext": { "allowPrivilegeEscalation": false, "runAsUser": 7, "runAsGroup": 8, "capabilities": { "drop": ["NET_RAW"] } },
                "volumeMounts": [ { "name": "scratch", "mountPath": "/scratch" }, { "name": "config", "mountPath": "/config" } ] },
              { "name": "side", "image": "a", "args": ["side"], "securityContext": { "allowPrivilegeEscalation": false }, "volumeMounts": [ { "name": "secret", "mountPath": "/secret" } ] } ],
            "volumes": [ { "name": "scratch", "emptyDir": {} }, { "name": "config", "configMap": { "name": "c" } }, { "name": "secret", "secret": { "secretName": "s" } } ]
          } } }
        }
        """,
    ];

    private static readonly ContainerGroup Group = KubernetesFile.Parse([.. Documents.Select(document => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(document))], GroupPlatform.Cove)[0].Group;

    public static TheoryData<string> Containers => [.. Group.AllContainers.Select(container => container.Name)];

    [Theory]
    [MemberData(nameof(Containers))]
    public void The_request_itself_is_allowed_and_every_change_of_one_field_is_refused(string name)
    {
        var request = Request(name);
        Assert.True(Ask(request).IsAllowed(out var allowed, out var denial), denial?.Message);
        Assert.Equal(request.Process.Environment, allowed!.Environment);
        var mutations = Mutations(request).ToList();
        Assert.True(mutations.Count > 25, $"{mutations.Count}");
        Assert.All(mutations, mutation => Assert.False(Ask(mutation.Request).IsAllowed(out _, out _), mutation.What));
    }

    [Fact]
    public void Another_layer_or_another_order_is_refused()
    {
        Assert.False(Enforcer().MountDevice("/run/mounts/scsi/m0", Other).IsAllowed(out _, out _));
        var enforcer = Mounted();
        Assert.False(enforcer.MountOverlay(Id, ["/run/mounts/scsi/m0", "/run/mounts/scsi/m1"], $"/run/gcs/c/{Id}/rootfs").IsAllowed(out _, out _));
        Assert.False(enforcer.MountOverlay(Id, ["/run/mounts/scsi/m1"], $"/run/gcs/c/{Id}/rootfs").IsAllowed(out _, out _));
    }

    private static IEnumerable<(string What, CreateContainerRequest Request)> Mutations(CreateContainerRequest request)
    {
        var process = request.Process;
        foreach (var (what, list) in Lists(process.Command, "other")) yield return ($"command: {what}", request with { Process = process with { Command = list } });
        foreach (var (what, list) in Lists(process.Environment, "OTHER=1")) yield return ($"environment: {what}", request with { Process = process with { Environment = list } });
        for (var i = 0; i < process.Environment.Count; i++)
            yield return ($"value of {process.Environment[i]}", request with { Process = process with { Environment = Replaced(process.Environment, i, process.Environment[i] + "x") } });
        yield return ("working directory", request with { Process = process with { WorkingDirectory = "/elsewhere" } });
        yield return ("user", request with { Process = process with { User = new Identity("99", "other") } });
        yield return ("group", request with { Process = process with { Groups = [new Identity("99", "other")] } });
        yield return ("further group", request with { Process = process with { Groups = [.. process.Groups, new Identity("99", "other")] } });
        yield return ("umask", request with { Process = process with { Umask = "0000" } });
        yield return ("no new privileges", request with { Process = process with { NoNewPrivileges = false } });
        foreach (var (what, sets) in CapabilityMutations(process.Capabilities)) yield return ($"capabilities: {what}", request with { Process = process with { Capabilities = sets } });
        yield return ("privileged", request with { Privileged = true });
        yield return ("seccomp", request with { SeccompProfileSha256 = Other });
        yield return ("device", request with { Devices = ["/dev/kvm"] });
        yield return ("further mount", request with { Mounts = [.. request.Mounts, new PolicyMount("/more", $"{Sandbox}/tmp/atlas/emptydir/scratch", "bind", ["rbind", "rshared", "rw"])] });
        for (var i = 0; i < request.Mounts.Count; i++)
        {
            foreach (var (what, mount) in MountMutations(request.Mounts[i]))
                yield return ($"mount {request.Mounts[i].Destination}: {what}", request with { Mounts = [.. request.Mounts.Take(i), mount, .. request.Mounts.Skip(i + 1)] });
        }
    }

    private static IEnumerable<(string What, IReadOnlyList<string> List)> Lists(IReadOnlyList<string> list, string more)
    {
        yield return ("one more", [.. list, more]);
        yield return ("none", []);
        for (var i = 0; i < list.Count; i++)
        {
            yield return ($"without {list[i]}", [.. list.Take(i), .. list.Skip(i + 1)]);
            yield return ($"another {list[i]}", Replaced(list, i, more));
        }
    }

    private static IReadOnlyList<string> Replaced(IReadOnlyList<string> list, int at, string value) => [.. list.Take(at), value, .. list.Skip(at + 1)];

    private static IEnumerable<(string What, CapabilitySets Sets)> CapabilityMutations(CapabilitySets sets)
    {
        yield return ("bounding", sets with { Bounding = [.. sets.Bounding, "CAP_SYS_ADMIN"] });
        yield return ("effective", sets with { Effective = [.. sets.Effective, "CAP_SYS_ADMIN"] });
        yield return ("permitted", sets with { Permitted = [.. sets.Permitted, "CAP_SYS_ADMIN"] });
        yield return ("inheritable", sets with { Inheritable = ["CAP_CHOWN"] });
        yield return ("ambient", sets with { Ambient = ["CAP_CHOWN"] });
        yield return ("fewer", sets with { Effective = [.. sets.Effective.Skip(1)] });
    }

    private static IEnumerable<(string What, PolicyMount Mount)> MountMutations(PolicyMount mount)
    {
        yield return ("destination", mount with { Destination = mount.Destination + "2" });
        yield return ("another volume", mount with { Source = $"{Sandbox}/tmp/atlas/emptydir/other" });
        yield return ("a longer name", mount with { Source = mount.Source + "x" });
        yield return ("the host's folder", mount with { Source = "/etc" });
        yield return ("type", mount with { Type = "tmpfs" });
        yield return ("writable or not", mount with { Options = [.. mount.Options.Select(option => option == "ro" ? "rw" : option == "rw" ? "ro" : option)] });
        yield return ("further option", mount with { Options = [.. mount.Options, "suid"] });
    }

    private static CreateContainerRequest Request(string name)
    {
        var container = Group.AllContainers.Single(one => one.Name == name);
        var described = PolicyGenerator.Describe(Group, _ => Samples.Image).Containers.Single(one => one.Name == name);
        var (user, group) = container.SecurityContext.RunAsUser is { } uid ? ($"{uid}", $"{container.SecurityContext.RunAsGroup}") : ("1000", "1000");
        return new CreateContainerRequest
        {
            ContainerId = Id,
            SandboxDirectory = Sandbox,
            HugePagesDirectory = "/run/gcs/c/0/hugepages",
            Process = new ProcessRequest
            {
                Command = container.CommandFor(Samples.Image)!,
                Environment = [.. container.Environment.Select(variable => $"{variable.Name}={variable.Value!.Value.Value}"), .. Samples.Image.Environment],
                WorkingDirectory = "/w",
                User = new Identity(user, ""),
                Groups = [new Identity(group, "")],
                NoNewPrivileges = true,
                Capabilities = described.Capabilities!,
            },
            Mounts = [.. container.VolumeMounts.Select(mount => new PolicyMount(
                mount.MountPath, $"{Sandbox}{Mounts.DirectoryOf(Group.Volumes.Single(volume => volume.Name == mount.Name).Kind)}/{mount.Name}", "bind", ["rbind", "rshared", mount.ReadOnly ? "ro" : "rw"]))],
        };
    }

    private static PolicyDecision<ProcessAllowance> Ask(CreateContainerRequest request)
    {
        var enforcer = Mounted();
        Assert.True(enforcer.MountOverlay(Id, ["/run/mounts/scsi/m1", "/run/mounts/scsi/m0"], $"/run/gcs/c/{Id}/rootfs").IsAllowed(out _, out _));
        return enforcer.CreateContainer(request);
    }

    private static PolicyEnforcer Mounted()
    {
        var enforcer = Enforcer();
        Assert.True(enforcer.MountDevice("/run/mounts/scsi/m0", Samples.Layer1).IsAllowed(out _, out _));
        Assert.True(enforcer.MountDevice("/run/mounts/scsi/m1", Samples.Layer2).IsAllowed(out _, out _));
        return enforcer;
    }

    private static PolicyEnforcer Enforcer()
    {
        var enforcer = new PolicyEnforcer();
        Assert.True(enforcer.SetPolicy(PolicyGenerator.Generate(Group, _ => Samples.Image)).IsAccepted(out _, out _));
        return enforcer;
    }
}
