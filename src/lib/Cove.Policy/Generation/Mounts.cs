using Cove.Outcomes;
using Cove.Policy.Model;

namespace Cove.Policy.Generation;

/// <summary>The mounts of a generated container, and where the guest keeps the directories behind them (spec §6.5).</summary>
public static class Mounts
{
    /// <summary>The prefix that stands for the guest's own directory of a group's volumes.</summary>
    public const string SandboxPrefix = "sandbox://";

    /// <summary>The directory, below the group's own, that volumes of a kind live in. A policy allows any name below it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a kind of volume.</exception>
    public static string DirectoryOf(VolumeKind kind) => kind switch
    {
        VolumeKind.EmptyDir or VolumeKind.Claim => "/tmp/atlas/emptydir",
        VolumeKind.Secret => "/tmp/atlas/secretsVolume",
        VolumeKind.AzureFile => "/tmp/atlas/azureFileVolume",
        VolumeKind.GitRepo => "/tmp/atlas/gitRepoVolume",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>The directory that the resolver configuration lives in.</summary>
    public const string ResolvConfDirectory = "/tmp/atlas/resolvconf";

    internal static IReadOnlyList<PolicyMount> For(ContainerGroup group, GroupContainer container, bool isSidecar)
    {
        // Where the host is ours, a volume's name is known; elsewhere the platform chooses it.
        var mounts = container.VolumeMounts.Select(mount => Bind(
            mount.MountPath, DirectoryOf(Kind(group, container, mount)), mount.ReadOnly, group.Platform == GroupPlatform.Cove ? Exactly(mount.Name) : Any)).ToList();
        if (container.HasConfigMap) mounts.Add(Bind("/mnt/configmap", DirectoryOf(VolumeKind.EmptyDir), readOnly: false));
        switch (group.Platform)
        {
            case GroupPlatform.ContainerInstances when !isSidecar:
                mounts.Add(Bind("/etc/resolv.conf", ResolvConfDirectory, readOnly: false));
                break;
            case GroupPlatform.VirtualNode:
                AddKubelets(mounts, group, container);
                break;
        }

        return mounts;
    }

    private const string Any = ".+";

    // What a kubelet puts into every pod.
    private static void AddKubelets(List<PolicyMount> mounts, ContainerGroup group, GroupContainer container)
    {
        List<(string Path, bool ReadOnly)> more = [];
        if (group.UsesWorkloadIdentity) more.Add(("/var/run/secrets/azure/tokens", true));
        if (container.SecurityContext.Privileged) more.AddRange([("/sys/fs/cgroup", false), ("/sys", false)]);
        more.AddRange(
        [
            ("/etc/resolv.conf", false), ("/var/run/secrets/kubernetes.io/serviceaccount", true), ("/etc/hosts", false), ("/dev/termination-log", false), ("/etc/hostname", false),
        ]);
        foreach (var (path, readOnly) in more.Where(one => !mounts.Exists(mount => mount.Destination == one.Path)).ToList())
            mounts.Add(Bind(path, DirectoryOf(VolumeKind.EmptyDir), readOnly));
    }

    private static VolumeKind Kind(ContainerGroup group, GroupContainer container, VolumeMount mount) =>
        (group.Volumes.FirstOrDefault(volume => volume.Name == mount.Name)
            ?? throw new MalformedException("container group", $"containers[{container.Name}].volumeMounts[{mount.Name}]", "names a volume that the group does not have")).Kind;

    // Sources are regular expressions.
    private static string Exactly(string name) => name.Replace(".", "\\.", StringComparison.Ordinal);

    private static PolicyMount Bind(string destination, string directory, bool readOnly, string name = Any) =>
        new(destination, $"{SandboxPrefix}{directory}/{name}", "bind", ["rbind", "rshared", readOnly ? "ro" : "rw"]);
}
