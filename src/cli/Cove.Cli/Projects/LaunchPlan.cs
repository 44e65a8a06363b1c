using Cove.Policy.Generation;
using Cove.Policy.Model;
using Cove.Protocol.Launch;
using Cove.Protocol.Messages;

namespace Cove.Cli.Projects;

/// <summary>Turns a container group and the facts of its images into what the host proposes to the guest, container by container.</summary>
internal static class LaunchPlan
{
    private const decimal GiB = 1024m * 1024 * 1024;

    /// <param name="container">The container of the template.</param>
    /// <param name="image">Facts of its image.</param>
    /// <param name="described">What the policy says of it.</param>
    /// <param name="layers">Files with the ext4 images of its layers, base layer first.</param>
    public static LaunchContainer Container(Policy.Model.GroupContainer container, ImageFacts image, PolicyContainer described, IReadOnlyList<string> layers) => new()
    {
        Name = container.Name,
        IsInit = container.IsInit,
        Layers = layers,
        Args = container.CommandFor(image) ?? [],
        Env = Environment(container, image),
        WorkingDirectory = container.WorkingDirectory ?? (image.WorkingDirectory is { Length: > 0 } set ? set : "/"),
        User = User(container.SecurityContext, image),
        Mounts = [.. container.VolumeMounts.Select(mount => new LaunchMount(mount.Name, mount.MountPath, mount.ReadOnly))],
        Capabilities = Capabilities(described.Capabilities),
        SeccompProfile = SeccompDigest.CanonicalOfBase64(container.SecurityContext.SeccompProfile),
        NoNewPrivileges = !container.SecurityContext.AllowPrivilegeEscalation,
        Privileged = container.SecurityContext.Privileged,
        MemoryBytes = (long)((container.Resources.MemoryInGB ?? 0) * GiB),
        Cpus = (double)(container.Resources.Cpu ?? 0),
    };

    public static LaunchVolume Volume(GroupVolume volume) => new(
        volume.Name,
        volume.Kind switch
        {
            Policy.Model.VolumeKind.EmptyDir => Protocol.Messages.VolumeKind.EmptyDir,
            Policy.Model.VolumeKind.Secret => Protocol.Messages.VolumeKind.Secret,
            _ => throw CommandFailedException.Usage("volume-not-supported", $"volume {volume.Name} is of a kind that cove run cannot provide, {volume.Kind}", "use emptyDir or secret"),
        },
        [.. volume.Files.Select(file => new VolumeFile(file.Key, file.Value.ToArray()))]);

    public static Protocol.Messages.RestartPolicy Restart(Policy.Model.RestartPolicy policy) => policy switch
    {
        Policy.Model.RestartPolicy.Always => Protocol.Messages.RestartPolicy.Always,
        Policy.Model.RestartPolicy.OnFailure => Protocol.Messages.RestartPolicy.OnFailure,
        _ => Protocol.Messages.RestartPolicy.Never,
    };

    /// <summary>The template's variables, then those of the image that it does not name.</summary>
    private static List<string> Environment(Policy.Model.GroupContainer container, ImageFacts image)
    {
        var named = container.Environment.Select(variable => variable.Name).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. container.Environment.Where(variable => variable.Value is not null).Select(variable => $"{variable.Name}={variable.Value!.Value.Value}"),
            .. image.Environment.Where(variable => !named.Contains(variable.Split('=', 2)[0])),
        ];
    }

    private static ProcessCapabilities? Capabilities(CapabilitySets? sets) =>
        sets is null ? null : new ProcessCapabilities(sets.Bounding, sets.Effective, sets.Inheritable, sets.Permitted, sets.Ambient);

    private static string User(Policy.Model.SecurityContext security, ImageFacts image)
    {
        var parts = image.User.Split(':', 2);
        var user = security.RunAsUser?.ToString() ?? parts[0];
        var group = security.RunAsGroup?.ToString() ?? (parts.Length > 1 ? parts[1] : "");
        return group.Length > 0 ? $"{(user.Length > 0 ? user : "0")}:{group}" : user;
    }
}
