namespace Cove.Images.Oci;

/// <summary>The media types of the OCI image specification and of Docker's format before it.</summary>
internal static class MediaTypes
{
    public const string Index = "application/vnd.oci.image.index.v1+json";
    public const string Manifest = "application/vnd.oci.image.manifest.v1+json";
    public const string Configuration = "application/vnd.oci.image.config.v1+json";
    public const string Layer = "application/vnd.oci.image.layer.v1.tar";

    private const string DockerList = "application/vnd.docker.distribution.manifest.list.v2+json";
    private const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    private const string DockerConfiguration = "application/vnd.docker.container.image.v1+json";

    /// <summary>What a registry may answer with when asked for an image.</summary>
    public static IReadOnlyList<string> Manifests { get; } = [Index, Manifest, DockerList, DockerManifest];

    public static bool IsIndex(string type) => type is Index or DockerList;

    public static bool IsManifest(string type) => type is Manifest or DockerManifest;

    public static bool IsConfiguration(string type) => type is Configuration or DockerConfiguration;

    /// <summary>A layer that is a tar, compressed or not: foreign and encrypted layers are not.</summary>
    public static bool IsLayer(string type) => type is Layer or Layer + "+gzip" or Layer + "+zstd"
        or "application/vnd.docker.image.rootfs.diff.tar" or "application/vnd.docker.image.rootfs.diff.tar.gzip"
        or "application/vnd.docker.image.rootfs.diff.tar.zstd";
}
