using System.Text;
using Cove.Agent.Mounts;
using Cove.Guest.Mounts;
using Cove.Protocol.Messages;

namespace Cove.Agent.Sandboxes;

/// <summary>What the containers of the group share beside the network namespace: names, resolver, volumes (container-policy §4.5).</summary>
internal sealed class Sandbox
{
    /// <summary>Most bytes of a volume whose host names no size.</summary>
    public const long DefaultVolumeBytes = 1L << 30;

    private const UnixFileMode Shared = (UnixFileMode)0b111_111_111;
    private const UnixFileMode Readable = (UnixFileMode)0b110_100_100;

    // For every user of the containers that the policy lets mount the volume, as programs seldom run as root; nobody else sees it.
    private const UnixFileMode Secret = (UnixFileMode)0b100_100_100;

    private readonly GuestFolders folders;
    private readonly Dictionary<string, string> volumes = new(StringComparer.Ordinal);

    public Sandbox(CreateSandboxRequest request, GuestFolders folders)
    {
        this.folders = folders;
        Id = request.SandboxId;
        Hostname = request.Hostname.Length > 0 ? request.Hostname : "localhost";
        Directory.CreateDirectory(folders.Real(GuestPaths.SandboxMounts(Id)));
        Write("hostname", Hostname + "\n");
        Write("hosts", HostsFile(Hostname));
        Write("resolv.conf", ResolverFile(request));
    }

    public string Id { get; }

    public string Hostname { get; }

    /// <summary>The three files of a network identity, for those destinations that a container does not mount itself.</summary>
    public IEnumerable<ContainerMount> NetworkMounts(IReadOnlyList<ContainerMount> asked) =>
        from name in (string[])["hostname", "hosts", "resolv.conf"]
        let destination = $"/etc/{name}"
        where asked.All(mount => mount.Destination != destination)
        select new ContainerMount(destination, Real(name), "bind", ["bind"]);

    /// <summary>Makes a volume in memory of its own, so that it cannot grow beyond its size.</summary>
    public string CreateVolume(CreateVolumeRequest request)
    {
        var place = request.Kind == VolumeKind.Secret ? "secretsVolume" : "emptydir";
        var name = Checked.VolumeName(request.Name);
        var source = $"/tmp/atlas/{place}/{name}{(request.Kind == VolumeKind.Files ? ".files" : "")}";
        var path = GuestPaths.SandboxMounts(Id) + source;
        var folder = folders.Real(path);
        if (!volumes.TryAdd(path, folder)) throw new GuestFailedException("volume-exists", "the group has a volume of this name");
        GuestMounts.MountMemory(folder, request.SizeBytes > 0 ? request.SizeBytes : DefaultVolumeBytes, Shared);
        if (request.Kind == VolumeKind.EmptyDir) GuestMounts.Share(folder);
        foreach (var file in request.Files ?? []) WriteSecret(Path.Combine(folder, Checked.FileName(file.Name)), file.Content);
        return "sandbox://" + source;
    }

    /// <summary>Where a volume really is, by the path that policies are asked about; null where it is none.</summary>
    public string? Volume(string path) => volumes.GetValueOrDefault(path);

    private static void WriteSecret(string path, byte[] content)
    {
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Secret, BufferSize = 0,
        });
        file.Write(content);
    }

    private static string HostsFile(string hostname)
    {
        var text = new StringBuilder("127.0.0.1 localhost\n").Append("127.0.0.1 ").Append(hostname);
        if (hostname.IndexOf('.', StringComparison.Ordinal) is var dot and > 0) text.Append(' ').Append(hostname, 0, dot);
        return text.Append("\n\n").Append(
            """
            # IPv6
            ::1 ip6-localhost ip6-loopback
            fe00::0 ip6-localnet
            ff00::0 ip6-mcastprefix
            ff02::1 ip6-allnodes
            ff02::2 ip6-allrouters

            """).ToString();
    }

    private static string ResolverFile(CreateSandboxRequest request)
    {
        var text = new StringBuilder();
        if (request.Searches is { Count: > 0 } searches) text.Append("search ").AppendJoin(' ', searches).Append('\n');
        foreach (var server in request.NameServers ?? []) text.Append("nameserver ").Append(server).Append('\n');
        if (request.ResolverOptions is { Count: > 0 } options) text.Append("options ").AppendJoin(' ', options).Append('\n');
        return text.ToString();
    }

    private void Write(string name, string text)
    {
        File.WriteAllText(Real(name), text);
        File.SetUnixFileMode(Real(name), Readable);
    }

    private string Real(string name) => folders.Real($"{GuestPaths.Containers}/{Id}/{name}");
}
