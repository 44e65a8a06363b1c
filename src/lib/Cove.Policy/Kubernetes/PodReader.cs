using Cove.Outcomes;
using Cove.Policy.Model;
using Cove.Policy.Templates;

namespace Cove.Policy.Kubernetes;

/// <summary>Reads a pod's spec as a container group.</summary>
internal sealed class PodReader(ClusterResources resources, GroupPlatform platform, bool approveWildcards)
{
    private const int MaxContainers = 60;
    private static readonly string[] SharedWithHost = ["hostNetwork", "hostPID", "hostIPC"];

    internal ContainerGroup Read(string name, string kind, ArmFields spec, IReadOnlyList<ArmFields> claims)
    {
        foreach (var shared in SharedWithHost.Where(member => spec.Flag(member, otherwise: false)))
            throw new MalformedException(KubernetesFile.Format, spec.At(shared), "is true, but a confidential pod shares no namespace with its host");
        var volumes = new PodVolumes(resources, platform).Read(spec, claims);
        var security = spec.Object("securityContext");
        var reader = new PodContainerReader(new PodEnvironment(resources, approveWildcards), volumes, platform, security);
        var inits = Containers(spec, "initContainers", reader, isInit: true);
        var containers = Containers(spec, "containers", reader, isInit: false);
        if (containers.Count == 0) throw spec.Missing("containers");

        // An init container that always restarts is a sidecar: it starts first and stays.
        var group = new ContainerGroup
        {
            Name = name,
            Type = kind,
            Platform = platform,
            Containers = [.. inits.Where(init => !init.IsInit), .. containers],
            InitContainers = [.. inits.Where(init => init.IsInit)],
            Volumes = [.. volumes.Select(volume => volume.Volume)],
            RestartPolicy = Restart(spec),
        };
        foreach (var twice in group.AllContainers.CountBy(container => container.Name, StringComparer.Ordinal).Where(pair => pair.Value > 1))
            throw new MalformedException(KubernetesFile.Format, spec.At("containers"), $"has two containers named '{twice.Key}'");
        return group;
    }

    private static List<GroupContainer> Containers(ArmFields spec, string member, PodContainerReader reader, bool isInit)
    {
        var containers = spec.Objects(member);
        return containers.Count <= MaxContainers
            ? [.. containers.Select(container => reader.Read(container, isInit))]
            : throw new MalformedException(KubernetesFile.Format, spec.At(member), $"has {containers.Count} containers, at most {MaxContainers}");
    }

    private static RestartPolicy Restart(ArmFields spec) => spec.Text("restartPolicy") switch
    {
        null or "Always" => RestartPolicy.Always,
        "OnFailure" => RestartPolicy.OnFailure,
        "Never" => RestartPolicy.Never,
        var other => throw new MalformedException(KubernetesFile.Format, spec.At("restartPolicy"), $"is {other}, expected Always, OnFailure or Never"),
    };
}
