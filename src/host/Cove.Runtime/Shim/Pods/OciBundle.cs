using System.Text.Json;
using Cove.Outcomes;
using Cove.Protocol.Messages;

namespace Cove.Runtime.Shim.Pods;

/// <summary>What containerd asks for: a bundle's <c>config.json</c>, as far as a guest can be asked for it. What is not read here (hooks, devices,
/// namespaces, masks, limits of files) the guest decides by itself.</summary>
internal sealed record OciBundle(OciProcess Process, string Hostname, IReadOnlyDictionary<string, string> Annotations, IReadOnlyList<ContainerMount> Mounts)
{
    private const string Format = "OCI bundle";
    private const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>The network namespace's path; empty for a new one, null for the host's.</summary>
    public string? Network { get; private init; }

    public string? Seccomp { get; private init; }

    public bool Privileged { get; private init; }

    public ContainerResources Resources { get; private init; } = new();

    /// <summary>Reads a bundle's folder.</summary>
    public static OciBundle Read(string folder)
    {
        var path = Path.Combine(folder, "config.json");
        try
        {
            if (new FileInfo(path).Length > MaxBytes) throw new MalformedException(Format, path, $"has more than {MaxBytes} bytes");
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            return Parse(json.RootElement);
        }
        catch (IOException missing)
        {
            throw new MalformedException(Format, path, missing.Message, inner: missing);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new MalformedException(Format, path, wrong.Message, inner: wrong);
        }
    }

    private static OciBundle Parse(JsonElement root)
    {
        var linux = root.Member("linux");
        var process = OciProcess.Parse(root.GetProperty("process"));
        return new OciBundle(
            process,
            root.Text("hostname"),
            root.Member("annotations").Members().ToDictionary(pair => pair.Name, pair => pair.Value.GetString() ?? "", StringComparer.Ordinal),
            [.. root.Member("mounts").Items().Select(mount => new ContainerMount(mount.Text("destination"), mount.Text("source"), mount.Text("type"), mount.Texts("options")))])
        {
            Network = linux.Member("namespaces").Items().Where(space => space.Text("type") == "network").Select(space => space.Text("path")).FirstOrDefault(),
            Seccomp = linux.Member("seccomp") is { ValueKind: JsonValueKind.Object } seccomp ? seccomp.GetRawText() : null,
            Privileged = linux.Texts("maskedPaths").Count == 0 && linux.Texts("readonlyPaths").Count == 0 && process.Capabilities.Bounding.Contains("CAP_SYS_ADMIN"),
            Resources = OciResources.Limits(linux.Member("resources")),
        };
    }
}
