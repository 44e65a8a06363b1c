using Cove.Outcomes;
using Cove.Protocol.Messages;
using Cove.Runtime.Shim.Ttrpc;

namespace Cove.Runtime.Shim.Pods;

/// <summary>A volume that a kubelet prepared for a pod, by where it lies: <c>…/volumes/kubernetes.io~KIND/NAME</c>.</summary>
/// <param name="Name">The volume's name in the pod.</param>
/// <param name="Folder">Where its files are; null where it begins empty.</param>
internal sealed record KubeletVolume(string Name, string? Folder)
{
    private const string Marker = "/volumes/kubernetes.io~";
    private const int MaxBytes = 2 * 1024 * 1024;
    private static readonly string[] KindsOfFiles = ["configmap", "secret", "projected", "downward-api"];

    /// <exception cref="TtrpcException">It is no volume that a guest can have a copy of: a folder of the host, a disk.</exception>
    public static KubeletVolume Of(ContainerMount mount)
    {
        var at = mount.Source.LastIndexOf(Marker, StringComparison.Ordinal);
        var parts = at < 0 ? [] : mount.Source[(at + Marker.Length)..].Split('/');
        return parts switch
        {
            ["empty-dir", var name] => new(name, null),
            [var kind, var name] when KindsOfFiles.Contains(kind) => new(name, mount.Source),
            _ => throw TtrpcException.NotNow($"{mount.Destination}: {mount.Source} is the host's, and is not given to a guest: volumes are emptyDir, configMap, secret, projected and downwardAPI"),
        };
    }

    /// <summary>Its files as they are now. A guest has a copy: what a kubelet changes later does not reach it.</summary>
    /// <exception cref="MalformedException">It holds folders, or more than is handed over.</exception>
    public IReadOnlyList<VolumeFile> ReadFiles()
    {
        if (Folder is null) return [];
        var files = new List<VolumeFile>();
        var left = MaxBytes;

        // A kubelet changes all files at once by way of a link; its own entries begin with two dots.
        foreach (var path in Directory.EnumerateFileSystemEntries(Folder).Where(path => !Path.GetFileName(path).StartsWith("..", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            if (Directory.Exists(path)) throw new MalformedException("volume", Name, $"holds the folder {Path.GetFileName(path)}: only plain files are handed over");
            var content = File.ReadAllBytes(path);
            if ((left -= content.Length) < 0) throw new MalformedException("volume", Name, $"holds more than {MaxBytes} bytes");
            files.Add(new VolumeFile(Path.GetFileName(path), content));
        }

        return files;
    }
}
