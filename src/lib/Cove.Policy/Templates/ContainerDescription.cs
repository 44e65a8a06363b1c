using Cove.Outcomes;
using Cove.Policy.Model;

namespace Cove.Policy.Templates;

/// <summary>Reads the JSON description of containers that is not an ARM template (<c>--input</c>, both of its forms; spec §6.7).</summary>
public static class ContainerDescription
{
    private const string Format = "container description";

    private static readonly Dictionary<string, VolumeKind> MountTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["emptyDir"] = VolumeKind.EmptyDir, ["azureFile"] = VolumeKind.AzureFile, ["secret"] = VolumeKind.Secret, ["gitRepo"] = VolumeKind.GitRepo,
    };

    /// <summary>The containers as a group, and the fragments that the description names.</summary>
    /// <exception cref="MalformedException">Not such a description; says where and why.</exception>
    public static (ContainerGroup Group, IReadOnlyList<FragmentImport> Fragments) Parse(byte[] json)
    {
        var given = ArmJson.ParseObject(json, Format);
        var root = new ArmFields(FlatDescription.Holds(given) ? FlatDescription.Upgrade(given) : given, "$");
        if (root.Text("version") is { } version and not "1.0") throw new MalformedException(Format, "version", $"is {version}, only 1.0 is read");
        var platform = root.Text("scenario")?.ToUpperInvariant() switch
        {
            null or "ACI" => GroupPlatform.ContainerInstances,
            "VN2" => GroupPlatform.VirtualNode,
            var other => throw new MalformedException(Format, "scenario", $"is {other}, expected aci or vn2"),
        };
        var volumes = new Dictionary<string, GroupVolume>(StringComparer.Ordinal);
        var containers = root.Objects("containers").Select(fields => Container(fields, volumes)).ToList();
        var fragments = root.Objects("fragments").Select(Fragment).ToList();
        if (containers.Count + fragments.Count == 0) throw new MalformedException(Format, "containers", "are none, and neither are there fragments");
        var group = new ContainerGroup
        {
            Name = "containers",
            Type = Format,
            Platform = platform,
            UsesWorkloadIdentity = platform == GroupPlatform.VirtualNode && root.Object("labels")?.Text("azure.workload.identity/use") == "true",
            Containers = containers,
            Volumes = [.. volumes.Values],
        };
        return (group, fragments);
    }

    /// <summary>Reads one import statement file: <c>{"fragments":[…]}</c>, or the array alone.</summary>
    /// <exception cref="MalformedException">Not such a file.</exception>
    public static IReadOnlyList<FragmentImport> ParseImports(byte[] json) => [.. Imports(json).Select(Fragment)];

    /// <summary>Where the signed fragments of an import statement file lie (<c>path</c>), for those that say it.</summary>
    /// <exception cref="MalformedException">Not such a file.</exception>
    public static IReadOnlyList<string> ParseFragmentPaths(byte[] json) => [.. Imports(json).Select(fragment => fragment.Text("path")).OfType<string>()];

    private static IReadOnlyList<ArmFields> Imports(byte[] json)
    {
        var text = System.Text.Encoding.UTF8.GetString(json).TrimStart();
        var whole = text.StartsWith('[') ? System.Text.Encoding.UTF8.GetBytes($"{{\"fragments\":{text}}}") : json;
        return new ArmFields(ArmJson.ParseObject(whole, "fragment imports"), "$").Objects("fragments");
    }

    private static GroupContainer Container(ArmFields fields, Dictionary<string, GroupVolume> volumes)
    {
        var reader = new ContainerGroupReader(new ArmContext());
        var properties = fields.RequiredObject("properties");
        var container = reader.Container(fields, isInit: false, withMounts: false);
        return container with
        {
            WorkingDirectory = properties.Text("workingDir"),
            VolumeMounts = [.. properties.Objects("volumeMounts").Select(mount => Mount(mount, volumes))],
            ExecProcesses = [.. properties.Objects("execProcesses").Select(Exec)],
            Environment = [.. container.Environment.Zip(properties.Objects("environmentVariables"), (variable, from) => variable with { IsPattern = from.Flag("regex", otherwise: false) })],
        };
    }

    private static VolumeMount Mount(ArmFields fields, Dictionary<string, GroupVolume> volumes)
    {
        var type = fields.RequiredText("mountType");
        if (!MountTypes.TryGetValue(type, out var kind))
            throw new MalformedException(Format, fields.At("mountType"), $"is {type}, expected {string.Join(", ", MountTypes.Keys)}");
        var name = fields.Text("name") ?? fields.RequiredText("mountPath");
        if (!volumes.TryAdd(name, new GroupVolume(name, kind)) && volumes[name].Kind != kind)
            throw new MalformedException(Format, fields.At("mountType"), $"is {type}, though another mount of '{name}' says {volumes[name].Kind}");
        return new VolumeMount(name, fields.RequiredText("mountPath"), fields.Flag("readOnly", otherwise: false));
    }

    private static ExecProcess Exec(ArmFields fields) => new(
        fields.Texts("command") is { Count: > 0 } command ? command : throw fields.Missing("command"),
        [.. (fields.Texts("signals") ?? []).Select(Generation.Signals.Parse)]);

    private static FragmentImport Fragment(ArmFields fields) => new(
        fields.RequiredText("issuer"), fields.RequiredText("feed"), fields.RequiredText("minimum_svn"), fields.Texts("includes") ?? []);
}
