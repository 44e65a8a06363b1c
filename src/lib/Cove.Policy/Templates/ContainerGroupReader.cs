using Cove.Outcomes;
using Cove.Policy.Model;

namespace Cove.Policy.Templates;

/// <summary>Reads an evaluated resource into a <see cref="ContainerGroup"/> (spec key-vault-and-arm §4.2).</summary>
internal sealed class ContainerGroupReader(ArmContext context)
{
    private const int MaxContainers = 60; // of each kind, Azure's own limit for a group

    internal ContainerGroup Read(ArmFields resource, IReadOnlyList<string> path)
    {
        var properties = resource.RequiredObject("properties");
        if (properties.Text("osType") is { } os && !os.Equals("Linux", StringComparison.OrdinalIgnoreCase))
            throw new MalformedException(ArmScope.Format, properties.At("osType"), $"is {os}: only Linux groups are handled");
        var cce = properties.Object("confidentialComputeProperties");
        var group = new ContainerGroup
        {
            Name = resource.RequiredText("name"),
            Type = resource.Text("type") ?? "Microsoft.ContainerInstance/containerGroups",
            Containers = Containers(properties, "containers", isInit: false),
            InitContainers = Containers(properties, "initContainers", isInit: true),
            Volumes = [.. properties.Objects("volumes").Select(VolumeReader.Read)],
            RestartPolicy = Restart(properties),
            Ports = properties.Object("ipAddress") is { } address ? [.. Ports(address).Select(port => port with { HostPort = port.Port })] : [],
            Tags = Tags(resource),
            CcePolicy = cce?.Text("ccePolicy"),
            StandaloneFragments = cce?.Texts("standaloneFragments") ?? [],
            Path = path,
        };
        if (group.Containers.Count == 0) throw properties.Missing("containers");
        Check(group, properties.Path);
        return group;
    }

    private List<GroupContainer> Containers(ArmFields properties, string name, bool isInit)
    {
        var containers = properties.Objects(name);
        return containers.Count <= MaxContainers
            ? [.. containers.Select(fields => Container(fields, isInit))]
            : throw new MalformedException(ArmScope.Format, properties.At(name), $"has {containers.Count} containers, at most {MaxContainers}");
    }

    /// <summary>One container. Where mounts name volumes by another scheme, the caller reads them.</summary>
    internal GroupContainer Container(ArmFields fields, bool isInit, bool withMounts = true)
    {
        var properties = fields.RequiredObject("properties");
        var resources = properties.Object("resources")?.Object("requests");
        return new GroupContainer
        {
            Name = fields.RequiredText("name"),
            Image = properties.RequiredText("image"),
            IsInit = isInit,
            Command = properties.Texts("command"),
            Environment = [.. properties.Objects("environmentVariables").Select(Variable)],
            VolumeMounts = withMounts ? [.. properties.Objects("volumeMounts").Select(Mount)] : [],
            Ports = Ports(properties),
            Resources = new ResourceRequests(resources?.Number("cpu"), resources?.Number("memoryInGB")),
            SecurityContext = properties.Object("securityContext") is { } security ? Security(security) : new SecurityContext(),
            LivenessProbe = properties.Object("livenessProbe") is { } live ? ReadProbe(live) : null,
            ReadinessProbe = properties.Object("readinessProbe") is { } ready ? ReadProbe(ready) : null,
            HasConfigMap = properties.Has("configMap"),
        };
    }

    private EnvironmentVariable Variable(ArmFields fields)
    {
        var name = fields.RequiredText("name");
        if (name.Contains('=', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal))
            throw new MalformedException(ArmScope.Format, fields.At("name"), "contains '=' or a null character");
        var member = fields.Source["secureValue"] is null ? "value" : "secureValue";
        if (fields.Source[member] is ArmUnknown unknown)
        {
            return context.ApproveWildcards
                ? new EnvironmentVariable(name, null)
                : throw new MalformedException(ArmScope.Format, fields.At(member), $"{unknown.Why}, or approve any value for the variable '{name}'");
        }

        if (!fields.Has(member) && fields.Has("secureValueReference"))
        {
            return context.ApproveWildcards
                ? new EnvironmentVariable(name, null)
                : throw new MalformedException(ArmScope.Format, fields.At("secureValueReference"), $"is known only once deployed: approve any value for the variable '{name}'");
        }

        var value = fields.SecretAware(member)
            ?? throw new MalformedException(ArmScope.Format, fields.At("value"), $"is missing: the variable '{name}' has neither value nor secureValue");
        if (value.Value.Contains('\0', StringComparison.Ordinal))
            throw new MalformedException(ArmScope.Format, fields.At(member), "contains a null character");
        return new EnvironmentVariable(name, member == "secureValue" ? value with { IsSecret = true } : value);
    }

    private static VolumeMount Mount(ArmFields fields)
    {
        var path = fields.RequiredText("mountPath");
        return path.StartsWith('/')
            ? new VolumeMount(fields.RequiredText("name"), path, fields.Flag("readOnly", otherwise: false))
            : throw new MalformedException(ArmScope.Format, fields.At("mountPath"), $"is '{path}', expected an absolute path");
    }

    private static List<GroupPort> Ports(ArmFields fields) =>
        [.. fields.Objects("ports").Select(port => new GroupPort(
            port.Integer("port", 1, ushort.MaxValue) ?? throw port.Missing("port"),
            (port.Text("protocol") ?? "TCP").ToUpperInvariant()))];

    private static SecurityContext Security(ArmFields fields)
    {
        var capabilities = fields.Object("capabilities");
        return new SecurityContext
        {
            Privileged = fields.Flag("privileged", otherwise: false),
            AllowPrivilegeEscalation = fields.Flag("allowPrivilegeEscalation", otherwise: true),
            RunAsUser = fields.Integer("runAsUser", 0, int.MaxValue),
            RunAsGroup = fields.Integer("runAsGroup", 0, int.MaxValue),
            AddCapabilities = capabilities?.Texts("add") ?? [],
            DropCapabilities = capabilities?.Texts("drop") ?? [],
            SeccompProfile = fields.Text("seccompProfile") is { Length: > 0 } profile ? profile : null,
        };
    }

    private static Probe ReadProbe(ArmFields fields)
    {
        var exec = fields.Object("exec");
        var http = fields.Object("httpGet");
        if (exec is null && http is null) throw new MalformedException(ArmScope.Format, fields.Path, "has neither exec nor httpGet");
        return new Probe
        {
            ExecCommand = exec is { } e ? e.Texts("command") is { Count: > 0 } command ? command : throw e.Missing("command") : null,
            HttpGet = http is { } get
                ? new HttpGet(get.Text("path") ?? "/", get.Integer("port", 1, ushort.MaxValue)
                    ?? throw get.Missing("port"), get.Text("scheme") ?? "http")
                : null,
            InitialDelaySeconds = fields.Integer("initialDelaySeconds", 0, int.MaxValue) ?? 0,
            PeriodSeconds = fields.Integer("periodSeconds", 1, int.MaxValue) ?? 10,
            FailureThreshold = fields.Integer("failureThreshold", 1, int.MaxValue) ?? 3,
            SuccessThreshold = fields.Integer("successThreshold", 1, int.MaxValue) ?? 1,
            TimeoutSeconds = fields.Integer("timeoutSeconds", 1, int.MaxValue) ?? 1,
        };
    }

    private static RestartPolicy Restart(ArmFields properties) => properties.Text("restartPolicy")?.ToUpperInvariant() switch
    {
        null or "ALWAYS" => RestartPolicy.Always,
        "ONFAILURE" => RestartPolicy.OnFailure,
        "NEVER" => RestartPolicy.Never,
        var other => throw new MalformedException(ArmScope.Format, properties.At("restartPolicy"), $"is {other}, expected Always, OnFailure or Never"),
    };

    private static Dictionary<string, string> Tags(ArmFields resource)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        if (resource.Object("tags") is not { } fields) return tags;
        foreach (var (name, _) in fields.Source.Members) tags[name] = fields.SecretAware(name)?.Value ?? "";
        return tags;
    }

    private static void Check(ContainerGroup group, string path)
    {
        foreach (var name in group.AllContainers.CountBy(container => container.Name, StringComparer.Ordinal).Where(pair => pair.Value > 1))
            throw new MalformedException(ArmScope.Format, $"{path}.containers", $"has two containers named '{name.Key}'");
        foreach (var name in group.Volumes.CountBy(volume => volume.Name, StringComparer.Ordinal).Where(pair => pair.Value > 1))
            throw new MalformedException(ArmScope.Format, $"{path}.volumes", $"has two volumes named '{name.Key}'");
        foreach (var container in group.AllContainers)
        {
            foreach (var mount in container.VolumeMounts.Where(mount => group.Volumes.All(volume => volume.Name != mount.Name)))
                throw new MalformedException(ArmScope.Format, $"{path}.containers[{container.Name}].volumeMounts[{mount.Name}]", "names a volume that the group does not have");
            foreach (var twice in container.VolumeMounts.CountBy(mount => mount.MountPath, StringComparer.Ordinal).Where(pair => pair.Value > 1))
                throw new MalformedException(ArmScope.Format, $"{path}.containers[{container.Name}].volumeMounts", $"mounts two volumes at {twice.Key}");
        }
    }
}
