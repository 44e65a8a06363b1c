using Cove.Outcomes;
using Cove.Protocol.Messages;
using Cove.Runtime.Shim.Pods;
using Cove.Runtime.Shim.Ttrpc;

namespace Cove.Tests.Runtime.Shim.Pods;

public sealed class KubeletVolumeTests : IDisposable
{
    private const string Pod = "/var/lib/kubelet/pods/7d0e1c9a-0000-4000-8000-000000000001";
    private readonly string folder = Directory.CreateTempSubdirectory("cove-volume-").FullName;

    [Theory]
    [InlineData("empty-dir", true)]
    [InlineData("configmap", false)]
    [InlineData("secret", false)]
    [InlineData("projected", false)]
    [InlineData("downward-api", false)]
    public void Volumes_are_known_by_where_they_lie(string kind, bool empty)
    {
        var volume = KubeletVolume.Of(Mount($"{Pod}/volumes/kubernetes.io~{kind}/tide-data"));
        Assert.Equal(("tide-data", empty), (volume.Name, volume.Folder is null));
    }

    [Theory]
    [InlineData("/etc")]
    [InlineData("/")]
    [InlineData(Pod + "/volumes/kubernetes.io~csi/disk/mount")]
    [InlineData(Pod + "/volumes/kubernetes.io~secret/a/b")]
    [InlineData(Pod + "/volume-subpaths/a/b/0")]
    public void Anything_else_of_the_hosts_is_not_given_to_a_guest(string source) =>
        Assert.Contains("not given to a guest", Assert.Throws<TtrpcException>(() => KubeletVolume.Of(Mount(source))).Message);

    [Fact]
    public void Files_are_read_through_the_kubelets_links()
    {
        Directory.CreateDirectory(Path.Combine(folder, "..1"));
        File.WriteAllText(Path.Combine(folder, "..1/tide"), "high");
        Directory.CreateSymbolicLink(Path.Combine(folder, "..data"), "..1");
        File.CreateSymbolicLink(Path.Combine(folder, "tide"), "..data/tide");
        var file = Assert.Single(new KubeletVolume("v", folder).ReadFiles());
        Assert.Equal(("tide", "high"), (file.Name, System.Text.Encoding.UTF8.GetString(file.Content)));
        Assert.Empty(new KubeletVolume("v", null).ReadFiles());
    }

    [Fact]
    public void Folders_and_too_much_are_refused()
    {
        Directory.CreateDirectory(Path.Combine(folder, "sub"));
        Assert.Throws<MalformedException>(() => new KubeletVolume("v", folder).ReadFiles());
        Directory.Delete(Path.Combine(folder, "sub"));
        File.WriteAllBytes(Path.Combine(folder, "large"), new byte[(2 * 1024 * 1024) + 1]);
        Assert.Throws<MalformedException>(() => new KubeletVolume("v", folder).ReadFiles());
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static ContainerMount Mount(string source) => new("/in", source, "bind", ["rbind", "ro"]);
}
