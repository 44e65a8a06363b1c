using Cove.Outcomes;
using Cove.Policy.Model;
using Cove.Policy.Templates;

namespace Cove.Policy.Kubernetes;

/// <summary>Reads one container of a pod.</summary>
internal sealed class PodContainerReader(PodEnvironment environment, IReadOnlyList<PodVolume> volumes, GroupPlatform platform, ArmFields? podSecurity)
{
    internal GroupContainer Read(ArmFields fields, bool isInit)
    {
        var name = fields.RequiredText("name");
        var variables = environment.Read(fields);
        if (fields.Objects("volumeDevices").Count > 0) throw new MalformedException(KubernetesFile.Format, fields.At("volumeDevices"), "are block devices of the host, which no policy can allow");
        return new GroupContainer
        {
            Name = name,
            Image = fields.RequiredText("image"),
            IsInit = isInit && fields.Text("restartPolicy") != "Always",
            Entrypoint = Expansion.Expand(fields.Texts("command"), variables),
            Arguments = Expansion.Expand(fields.Texts("args"), variables),
            Environment = variables,
            VolumeMounts = Mounts(fields),
            Ports = [.. fields.Objects("ports").Select(port => new GroupPort(
                port.Integer("containerPort", 1, ushort.MaxValue) ?? throw port.Missing("containerPort"), port.Text("protocol") ?? "TCP"))],
            Resources = Resources(fields),
            SecurityContext = Security(fields.Object("securityContext")),
            ExecProcesses = ExecProcesses(fields),
            WorkingDirectory = fields.Text("workingDir"),
        };
    }

    private List<VolumeMount> Mounts(ArmFields fields)
    {
        var mounts = new List<VolumeMount>();
        foreach (var mount in fields.Objects("volumeMounts"))
        {
            var (name, path) = (mount.RequiredText("name"), mount.RequiredText("mountPath"));
            if (!path.StartsWith('/')) throw new MalformedException(KubernetesFile.Format, mount.At("mountPath"), $"is '{path}', expected an absolute path");
            foreach (var part in (string[])["subPath", "subPathExpr"])
                if (mount.Text(part) is { Length: > 0 }) throw new MalformedException(KubernetesFile.Format, mount.At(part), "is a part of a volume: a policy names whole volumes");
            var volume = volumes.FirstOrDefault(volume => volume.Volume.Name == name)
                ?? throw new MalformedException(KubernetesFile.Format, mount.At("name"), $"is '{name}', which is no volume of the pod");
            mounts.Add(new VolumeMount(name, path, volume.ReadOnly || mount.Flag("readOnly", otherwise: false)));
        }

        return mounts;
    }

    private SecurityContext Security(ArmFields? own)
    {
        var capabilities = own?.Object("capabilities");
        var (add, drop) = Capabilities(capabilities?.Texts("add") ?? [], capabilities?.Texts("drop") ?? []);
        CheckSeccomp(own?.Object("seccompProfile") ?? podSecurity?.Object("seccompProfile"));
        return new SecurityContext
        {
            Privileged = own?.Flag("privileged", otherwise: false) ?? false,
            AllowPrivilegeEscalation = own?.Flag("allowPrivilegeEscalation", otherwise: true) ?? true,
            RunAsUser = own?.Integer("runAsUser", 0, int.MaxValue) ?? podSecurity?.Integer("runAsUser", 0, int.MaxValue),
            RunAsGroup = own?.Integer("runAsGroup", 0, int.MaxValue) ?? podSecurity?.Integer("runAsGroup", 0, int.MaxValue),
            AddCapabilities = add,
            DropCapabilities = drop,
        };
    }

    // The field's tools take names literally. Runtimes do not: ALL is all, and a name may come without its prefix.
    private (IReadOnlyList<string> Add, IReadOnlyList<string> Drop) Capabilities(IReadOnlyList<string> add, IReadOnlyList<string> drop)
    {
        if (platform == GroupPlatform.VirtualNode) return (add, drop);
        var added = Named(add);
        return (added, [.. Named(drop).Except(drop.Any(IsAll) ? added : [], StringComparer.Ordinal)]);
    }

    private static List<string> Named(IReadOnlyList<string> names) => [.. names
        .SelectMany(name => IsAll(name) ? CapabilitySets.Privileged.Effective : [name.StartsWith("CAP_", StringComparison.OrdinalIgnoreCase) ? name.ToUpperInvariant() : $"CAP_{name.ToUpperInvariant()}"])
        .Distinct(StringComparer.Ordinal)];

    private static bool IsAll(string name) => name.Equals("ALL", StringComparison.OrdinalIgnoreCase);

    // The runtime's default is not a profile of the request; a file of the node's is not known here.
    private static void CheckSeccomp(ArmFields? profile)
    {
        if (profile?.Text("type") is { } type and not ("RuntimeDefault" or "Unconfined"))
            throw new MalformedException(KubernetesFile.Format, profile.Value.At("type"), $"is {type}, expected RuntimeDefault or Unconfined: a profile of the node's is not known here");
    }

    private static List<ExecProcess> ExecProcesses(ArmFields fields)
    {
        var lifecycle = fields.Object("lifecycle");
        ArmFields?[] holders = [fields.Object("livenessProbe"), fields.Object("readinessProbe"), fields.Object("startupProbe"), lifecycle?.Object("postStart"), lifecycle?.Object("preStop")];
        return [.. holders.Select(holder => holder?.Object("exec")).OfType<ArmFields>().Select(exec =>
            new ExecProcess(exec.Texts("command") is { Count: > 0 } command ? command : throw exec.Missing("command"), []))];
    }

    private static ResourceRequests Resources(ArmFields fields)
    {
        var limits = fields.Object("resources")?.Object("limits") ?? fields.Object("resources")?.Object("requests");
        return new ResourceRequests(
            limits?.Text("cpu") is { } cpu ? Quantity.Parse(cpu, limits.Value.At("cpu")) : null,
            limits?.Text("memory") is { } memory ? Quantity.Parse(memory, limits.Value.At("memory")) / (1024m * 1024 * 1024) : null);
    }
}
