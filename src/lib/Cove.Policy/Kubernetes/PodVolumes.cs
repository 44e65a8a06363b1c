using System.Text;
using Cove.Outcomes;
using Cove.Policy.Model;
using Cove.Policy.Templates;

namespace Cove.Policy.Kubernetes;

/// <summary>A volume of a pod.</summary>
/// <param name="Volume">The volume.</param>
/// <param name="ReadOnly">Whether no container may write it, whatever its mount says.</param>
internal sealed record PodVolume(GroupVolume Volume, bool ReadOnly);

/// <summary>Reads the volumes of a pod. Files come from the ConfigMaps and Secrets of the same file.</summary>
internal sealed class PodVolumes(ClusterResources resources, GroupPlatform platform)
{
    private static readonly string[] OfTheCluster = ["persistentVolumeClaim", "ephemeral", "csi", "nfs", "azureFile", "azureDisk", "iscsi", "cephfs", "image"];

    internal IReadOnlyList<PodVolume> Read(ArmFields spec, IReadOnlyList<ArmFields> claims)
    {
        List<PodVolume> volumes = [.. spec.Objects("volumes").Select(Volume)];
        volumes.AddRange(claims.Select(claim => new PodVolume(
            new GroupVolume(claim.RequiredObject("metadata").RequiredText("name"), VolumeKind.Claim),
            claim.Object("spec")?.Texts("accessModes")?.Contains("ReadOnlyMany", StringComparer.Ordinal) == true)));
        foreach (var twice in volumes.CountBy(volume => volume.Volume.Name, StringComparer.Ordinal).Where(pair => pair.Value > 1))
            throw new MalformedException(KubernetesFile.Format, spec.At("volumes"), $"has two volumes named '{twice.Key}'");
        return volumes;
    }

    private PodVolume Volume(ArmFields fields)
    {
        var name = fields.RequiredText("name");
        if (fields.Has("emptyDir")) return new(new GroupVolume(name, VolumeKind.EmptyDir), ReadOnly: false);
        if (fields.Object("configMap") is { } map) return Files(name, ConfigMap(map, map.RequiredText("name")));
        if (fields.Object("secret") is { } secret) return Files(name, Secret(secret, secret.RequiredText("secretName")));
        if (fields.Object("projected") is { } projected) return Files(name, [.. projected.Objects("sources").SelectMany(Source)]);
        if (fields.Has("downwardAPI")) return Files(name, []);
        if (Array.Find(OfTheCluster, fields.Has) is not null) return new(new GroupVolume(name, VolumeKind.Claim), ReadOnly: false);
        throw new MalformedException(KubernetesFile.Format, fields.Path, fields.Has("hostPath")
            ? "is a folder of the host, which a confidential pod cannot rely on"
            : "is of no kind that is known: emptyDir, configMap, secret, projected, downwardAPI, persistentVolumeClaim");
    }

    private IEnumerable<(string Name, SecretText Text)> Source(ArmFields source)
    {
        if (source.Object("configMap") is { } map) return ConfigMap(map, map.RequiredText("name"));
        if (source.Object("secret") is { } secret) return Secret(secret, secret.RequiredText("name"));
        return source.Has("downwardAPI") || source.Has("serviceAccountToken") || source.Has("clusterTrustBundle")
            ? []
            : throw new MalformedException(KubernetesFile.Format, source.Path, "is none of configMap, secret, downwardAPI and serviceAccountToken");
    }

    private IEnumerable<(string Name, SecretText Text)> ConfigMap(ArmFields reference, string name) => Chosen(reference, "ConfigMap", name, resources.ConfigMap(name));

    private IEnumerable<(string Name, SecretText Text)> Secret(ArmFields reference, string name) => Chosen(reference, "Secret", name, resources.Secret(name));

    // Not in the file is no error for a policy, which does not name contents; only who runs the pod needs them.
    private static IEnumerable<(string Name, SecretText Text)> Chosen(ArmFields reference, string kind, string name, IReadOnlyDictionary<string, TemplateText>? entries)
    {
        var items = reference.Objects("items");
        if (entries is null)
            return reference.Flag("optional", otherwise: false) ? [] : [(".missing", new SecretText(default, $"is in the {kind} '{name}', which is not in the file"))];
        if (items.Count == 0) return entries.Select(entry => (entry.Key, Encoded(entry.Value)));
        return items.Select(item =>
        {
            var key = item.RequiredText("key");
            return entries.TryGetValue(key, out var text)
                ? (item.RequiredText("path"), Encoded(text))
                : throw new MalformedException(KubernetesFile.Format, item.At("key"), $"names '{key}', which the {kind} '{name}' does not have");
        });
    }

    private static SecretText Encoded(TemplateText text) => new(text with { Value = Convert.ToBase64String(Encoding.UTF8.GetBytes(text.Value)) });

    // A virtual node keeps all volumes of a pod in one place; a host of ours keeps what has contents apart from what is empty.
    private PodVolume Files(string name, IEnumerable<(string Name, SecretText Text)> files)
    {
        var texts = new Dictionary<string, SecretText>(StringComparer.Ordinal);
        foreach (var (file, text) in files)
        {
            if (file is "" or "." or ".." || file.Contains('/', StringComparison.Ordinal) || file.Contains('\0', StringComparison.Ordinal))
                throw new MalformedException(KubernetesFile.Format, $"volumes[{name}]", $"holds the file '{file}': only plain names are handled, no folders");
            texts[file] = text;
        }

        return new(new GroupVolume(name, platform == GroupPlatform.VirtualNode ? VolumeKind.EmptyDir : VolumeKind.Secret) { SecretTexts = texts }, ReadOnly: true);
    }
}
