using System.Text.Json;
using Cove.Outcomes;
using Cove.Sidecar.CommandLine;
using Cove.Sidecar.GoText;
using Cove.Volumes.Blobs;
using Cove.Volumes.Verity;

namespace Cove.Sidecar.Encfs;

/// <summary>What <c>EncfsSideCarArgs</c> says: base64 of JSON, names in any case, unknown members ignored (sidecars specification 2.3).</summary>
internal sealed record EncfsArguments
{
    private const int MaximumFileSystems = 64;

    public required AzureInformation Azure { get; init; }

    public required IReadOnlyList<EncfsFileSystem> FileSystems { get; init; }

    /// <exception cref="SkrFailureException">Not base64, not JSON of this shape, or no file system in it.</exception>
    public static EncfsArguments Parse(string base64)
    {
        byte[] json;
        try
        {
            json = GoBase64.Decode(base64);
        }
        catch (SkrFailureException e)
        {
            throw new SkrFailureException("Failed to decode base64", e);
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or SkrFailureException or MalformedException)
        {
            throw new SkrFailureException("Failed to unmarshal base64 string", e);
        }
    }

    private static EncfsArguments Read(JsonElement root)
    {
        var list = root.Member("azure_filesystems");
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0) throw new SkrFailureException("azure_filesystems names no file system");
        if (list.GetArrayLength() > MaximumFileSystems) throw new SkrFailureException($"azure_filesystems are more than {MaximumFileSystems}");
        var fileSystems = list.EnumerateArray().Select((element, index) => FileSystem(element, index)).ToList();
        if (fileSystems.GroupBy(one => one.MountPoint, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new SkrFailureException($"two file systems have the mount point {twice.Key}");
        return new EncfsArguments { Azure = AzureInformation.Read(root.Member("azure_info")), FileSystems = fileSystems };
    }

    private static EncfsFileSystem FileSystem(JsonElement element, int index)
    {
        var mountPoint = element.Text("mount_point").TrimEnd('/');
        if (mountPoint.Length < 2 || mountPoint[0] != '/' || Path.GetFullPath(mountPoint) != mountPoint)
            throw new SkrFailureException($"azure_filesystems[{index}]: mount_point \"{mountPoint}\" is not an absolute path");
        var (writable, verity) = (Flag(element, "read_write"), Verity(element));
        if (writable && verity is not null) throw new SkrFailureException($"azure_filesystems[{index}]: a volume with verity is read-only, and read_write is true");
        return new EncfsFileSystem(
            index,
            mountPoint,
            BlobAddress.Parse(element.Text("azure_url")),
            Flag(element, "azure_url_private"),
            writable,
            Key(element, index),
            verity);
    }

    /// <summary>A member of ours, beside those of the reference.</summary>
    private static VolumeVerity? Verity(JsonElement element) => element.Text("verity") is { Length: > 0 } text ? VolumeVerity.Parse(text) : null;

    private static EncfsKey Key(JsonElement element, int index)
    {
        var (key, derivation) = (element.Member("key"), element.Member("key_derivation"));
        var name = key.Text("kid");

        // The reference goes on with an empty key file, which no volume opens with; a raw key in the arguments it ignores, and so do we.
        if (name.Length == 0) throw new SkrFailureException($"azure_filesystems[{index}]: key.kid is missing");
        return new EncfsKey
        {
            KeyId = name,
            AttestationEndpoint = key.Member("authority").Text("endpoint"),
            VaultEndpoint = key.Member("akv").Text("endpoint"),
            AccessToken = key.Member("akv").Text("bearer_token"),
            Salt = derivation.Text("salt"),
            Label = derivation.Text("label"),
        };
    }

    private static bool Flag(JsonElement owner, string name) => owner.Member(name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False or JsonValueKind.Null or JsonValueKind.Undefined => false,
        _ => throw new SkrFailureException($"json: {name} is neither true nor false"),
    };
}
