using Cove.Outcomes;
using Cove.Policy.Model;

namespace Cove.Policy.Generation;

/// <summary>Makes the policy of a container group, in the shape of <c>az confcom acipolicygen</c> (spec §6.4-6.6).</summary>
public static class PolicyGenerator
{
    private const string ZeroSidecarTag = "Annotate-zero-sidecar";
    private const int LayerHashDigits = 64;

    // dm-verity root hash of the one layer of k8s.gcr.io/pause:3.1 (spec §5.9).
    private const string PauseLayer = "16b514057a06ad665f92c02863aca074fd5976c755d26bff16365299169e8415";

    private static readonly string[] SidecarImages =
    [
        "mcr.microsoft.com/aci/msi-atlas-adapter", "mcr.microsoft.com/aci/atlas-mount-azure-file-volume", "mcr.microsoft.com/aci/atlas-mount-secrets-volume",
        "mcr.microsoft.com/aci/atlas-netstats", "mcr.microsoft.com/aci/atlas-mount-resolv-conf", "mcr.microsoft.com/aci/atlas-mount-gitrepo-volume",
        "mcr.microsoft.com/aci/sc-proxy", "mcr.microsoft.com/aci/vk-metrics-sidecar", "mcr.microsoft.com/aci/configmaps-adapter-linux", "k8s.gcr.io/pause",
    ];

    /// <summary>The policy's text.</summary>
    /// <param name="group">The group.</param>
    /// <param name="imageFacts">What each image consists of, by its reference as written in the template.</param>
    /// <param name="options">How to generate; null for the defaults.</param>
    /// <exception cref="MalformedException">The group or an image cannot be described by a policy; says which and why.</exception>
    public static PolicyText Generate(ContainerGroup group, Func<string, ImageFacts> imageFacts, GeneratorOptions? options = null)
    {
        options ??= new GeneratorOptions();
        return PolicyText.FromText(PolicyWriter.Write(Describe(group, imageFacts, options), options));
    }

    /// <summary>The policy as data, before it is written.</summary>
    /// <inheritdoc cref="Generate"/>
    public static PolicyDocument Describe(ContainerGroup group, Func<string, ImageFacts> imageFacts, GeneratorOptions? options = null)
    {
        options ??= new GeneratorOptions();
        var containers = group.Containers.Concat(group.InitContainers)
            .Select(container => Describe(group, container, imageFacts(container.Image), options))
            .Where(container => !options.FragmentContainers.Any(declared => Covers(declared, container)))
            .ToList();
        var ours = group.Platform == GroupPlatform.Cove;
        if (options.IncludePauseContainer && !ours && !(containers.Count > 0 && group.AllContainers.All(container => IsSidecar(container.Image))))
            containers.Add(Pause(options));
        containers.AddRange(options.Containers);
        return new PolicyDocument
        {
            ApiVersion = options.Form switch { PolicyForm.Api0_12 => "0.12.0", PolicyForm.Api0_11 => "0.11.0", _ => "0.10.0" },
            FrameworkVersion = options.Form == PolicyForm.Api0_12 ? "0.5.0" : "0.2.3",
            Fragments = Fragments(group, options),
            Containers = containers,
            Flags = new PolicyFlags
            {
                AllowPropertiesAccess = true,
                AllowDumpStacks = options.DebugMode,
                AllowRuntimeLogging = options.DebugMode,
                AllowEnvironmentVariableDropping = !ours,
                AllowUnencryptedScratch = false,
                AllowCapabilityDropping = !ours,
            },
        };
    }

    private static PolicyContainer Describe(ContainerGroup group, GroupContainer container, ImageFacts image, GeneratorOptions options)
    {
        var field = $"containers[{container.Name}]";
        if (image.Layers.Count == 0)
            throw new MalformedException("image", $"{field}.layers", $"of {container.Image} are none: an empty image has nothing to check");
        if (image.Layers.FirstOrDefault(layer => layer.Length != LayerHashDigits || !layer.All(char.IsAsciiHexDigitLower)) is { } wrong)
            throw new MalformedException("image", $"{field}.layers", $"of {container.Image} hold '{wrong}', expected {LayerHashDigits} lower-case hexadecimal digits");
        var sidecar = IsSidecar(container.Image);
        var security = container.SecurityContext;
        return new PolicyContainer
        {
            Name = options.OmitId && container.Name == container.Image ? null : container.Name,
            Id = options.OmitId ? null : container.Image,
            Command = container.CommandFor(image),
            EnvRules = EnvRules.For(group, container, image, sidecar),
            Layers = image.Layers,
            Mounts = Mounts.For(group, container, sidecar),
            ExecProcesses = ExecProcesses(container, options),
            Signals = SignalsOf(image, options),
            User = User(group.Platform, security, image),
            Capabilities = Capabilities(security),
            SeccompProfileSha256 = SeccompDigest.OfBase64(security.SeccompProfile),
            AllowElevated = security.Privileged,
            WorkingDir = WorkingDirectory(container, image),
            AllowStdioAccess = !options.DisableStdio,
            NoNewPrivileges = !security.AllowPrivilegeEscalation,
        };
    }

    private static string WorkingDirectory(GroupContainer container, ImageFacts image)
    {
        var directory = container.WorkingDirectory is { Length: > 0 } own ? own : image.WorkingDirectory is { Length: > 0 } its ? its : "/";
        return directory.StartsWith('/')
            ? directory
            : throw new MalformedException("container group", $"containers[{container.Name}].workingDir", $"is '{directory}', expected an absolute path");
    }

    private static List<ExecProcess> ExecProcesses(GroupContainer container, GeneratorOptions options)
    {
        var processes = container.ExecProcesses.Concat(new[] { container.ReadinessProbe, container.LivenessProbe }
            .Where(probe => probe?.ExecCommand is not null)
            .Select(probe => new ExecProcess(probe!.ExecCommand!, []))).ToList();
        if (options.Form >= PolicyForm.Api0_11)
            processes = [.. processes.DistinctBy(process => $"{string.Join('\0', process.Command)}\0\0{string.Join(',', process.Signals)}")];
        if (options.DebugMode)
            processes.AddRange(new[] { "/bin/sh", "/bin/bash" }.Select(shell => new ExecProcess([shell], [])));
        return processes;
    }

    private static List<int> SignalsOf(ImageFacts image, GeneratorOptions options)
    {
        List<int> signals = options.Form >= PolicyForm.Api0_11 ? [9, 15] : [];
        if (image.StopSignal is { Length: > 0 } stop && Signals.Parse(stop) is var signal && !signals.Contains(signal)) signals.Add(signal);
        return signals;
    }

    private static UserRule User(GroupPlatform platform, SecurityContext security, ImageFacts image)
    {
        // Nobody in particular is root, and nothing else, where no platform chooses.
        var named = image.User.Length == 0 && platform == GroupPlatform.Cove && security.RunAsUser is null ? "0:0" : image.User;
        var parts = named.Split(':', 2);
        var user = security.RunAsUser is { } uid ? new IdentityRule($"{uid}", "id") : Identity(parts[0]);
        var group = security.RunAsGroup is { } gid ? new IdentityRule($"{gid}", "id") : Identity(parts.Length > 1 ? parts[1] : "");
        return new UserRule(user, [group], "0022");
    }

    private static IdentityRule Identity(string part) =>
        part.Length == 0 ? IdentityRule.Any : new IdentityRule(part, part.All(char.IsAsciiDigit) ? "id" : "name");

    private static CapabilitySets Capabilities(SecurityContext security)
    {
        var sets = security.Privileged ? CapabilitySets.Privileged : CapabilitySets.Unprivileged;
        // What is added goes where the default sets are, never into a set that is empty by default.
        return sets.Select(members => members.Count == 0
            ? []
            : [.. members.Union(security.AddCapabilities, StringComparer.Ordinal).Except(security.DropCapabilities, StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    }

    private static IReadOnlyList<FragmentImport> Fragments(ContainerGroup group, GeneratorOptions options)
    {
        var zeroSidecar = group.Tags.TryGetValue(ZeroSidecarTag, out var tag) && tag.Equals("true", StringComparison.OrdinalIgnoreCase);
        if (options.ExcludeDefaultFragments || zeroSidecar || group.Platform == GroupPlatform.Cove) return options.Fragments;
        var infrastructure = FragmentImport.AciInfrastructure;
        if (options.InfrastructureSvn is { } svn) infrastructure = infrastructure with { MinimumSvn = svn };
        return [infrastructure, .. options.Fragments];
    }

    private static PolicyContainer Pause(GeneratorOptions options) => new()
    {
        Name = "pause-container",
        Command = ["/pause"],
        EnvRules =
        [
            new EnvRule { Pattern = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", Strategy = "string", Required = true },
            new EnvRule { Pattern = "TERM=xterm", Strategy = "string" },
        ],
        Layers = [PauseLayer],
        Signals = options.Form >= PolicyForm.Api0_11 ? [9, 15] : [],
        Capabilities = CapabilitySets.Unprivileged,
        AllowStdioAccess = !options.DisableStdio,
    };

    // A fragment that names an image without a tag means the latest one, as everywhere.
    private static bool Covers(PolicyContainer declared, PolicyContainer container) =>
        ((declared.Name is not null && declared.Name == container.Name) || (declared.Id is { } id && (id == container.Id || id + ":latest" == container.Id)))
        && ConfcomDiff.Covers(declared, container);

    private static bool IsSidecar(string image)
    {
        var name = image.Split('@')[0];
        var colon = name.LastIndexOf(':');
        if (colon > name.LastIndexOf('/')) name = name[..colon];
        return SidecarImages.Contains(name, StringComparer.Ordinal);
    }
}
