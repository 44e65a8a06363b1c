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
        VolumeKind.EmptyDir => "/tmp/atlas/emptydir",
        VolumeKind.Secret => "/tmp/atlas/secretsVolume",
        VolumeKind.AzureFile => "/tmp/atlas/azureFileVolume",
        VolumeKind.GitRepo => "/tmp/atlas/gitRepoVolume",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>The directory that the resolver configuration lives in.</summary>
    public const string ResolvConfDirectory = "/tmp/atlas/resolvconf";

    internal static IReadOnlyList<PolicyMount> For(ContainerGroup group, GroupContainer container, bool isSidecar)
    {
        var mounts = container.VolumeMounts.Select(mount => Bind(
            mount.MountPath,
            DirectoryOf((group.Volumes.FirstOrDefault(volume => volume.Name == mount.Name)
                ?? throw new MalformedException("container group", $"containers[{container.Name}].volumeMounts[{mount.Name}]", "names a volume that the group does not have")).Kind),
            mount.ReadOnly)).ToList();
        if (container.HasConfigMap) mounts.Add(Bind("/mnt/configmap", DirectoryOf(VolumeKind.EmptyDir), readOnly: false));
        if (!isSidecar) mounts.Add(Bind("/etc/resolv.conf", ResolvConfDirectory, readOnly: false));
        return mounts;
    }

    private static PolicyMount Bind(string destination, string directory, bool readOnly) =>
        new(destination, $"{SandboxPrefix}{directory}/.+", "bind", ["rbind", "rshared", readOnly ? "ro" : "rw"]);
}
