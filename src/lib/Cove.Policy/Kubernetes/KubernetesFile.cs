using System.Collections.Frozen;
using Cove.Outcomes;
using Cove.Policy.Model;
using Cove.Policy.Templates;

namespace Cove.Policy.Kubernetes;

/// <summary>
/// Kubernetes objects of one file: every pod that they make as a container group, with the ConfigMaps and Secrets of the same file in place.
/// Each document is JSON, which YAML is turned into by whoever reads it. Objects of kinds that make no pod are left aside.
/// </summary>
public static class KubernetesFile
{
    /// <summary>Where a virtual node finds its pod's policy.</summary>
    public const string PolicyAnnotation = "microsoft.containerinstance.virtualnode.ccepolicy";

    internal const string Format = "Kubernetes object";
    private const int MaxDocuments = 1000;
    private const string WorkloadIdentityLabel = "azure.workload.identity/use";

    private static readonly FrozenDictionary<string, string[]> PodPaths = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["Pod"] = [],
        ["Deployment"] = ["spec", "template"],
        ["StatefulSet"] = ["spec", "template"],
        ["DaemonSet"] = ["spec", "template"],
        ["ReplicaSet"] = ["spec", "template"],
        ["Job"] = ["spec", "template"],
        ["CronJob"] = ["spec", "jobTemplate", "spec", "template"],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether a document is a Kubernetes object.</summary>
    public static bool Recognizes(ReadOnlyMemory<byte> document)
    {
        var root = ArmJson.ParseObject(document, Format);
        return root["kind"] is ArmText && root["apiVersion"] is ArmText;
    }

    /// <summary>The pods, in the order of the file.</summary>
    /// <param name="documents">The file's documents, JSON.</param>
    /// <param name="platform">What runs them: <see cref="GroupPlatform.VirtualNode"/> or <see cref="GroupPlatform.Cove"/>.</param>
    /// <param name="approveWildcards">Whether a variable whose value is not in the file becomes "any value"; otherwise it is an error.</param>
    /// <exception cref="MalformedException">Not Kubernetes objects, none makes a pod, or a pod asks for what no policy can hold. Says where.</exception>
    public static IReadOnlyList<KubernetesPod> Parse(IReadOnlyList<ReadOnlyMemory<byte>> documents, GroupPlatform platform, bool approveWildcards = false)
    {
        if (documents.Count > MaxDocuments) throw new MalformedException(Format, "documents", $"are {documents.Count}, at most {MaxDocuments}");
        var objects = documents.Select((document, i) => (Index: i, Fields: new ArmFields(ArmJson.ParseObject(document, Format), $"documents[{i}]", Format))).ToList();
        var resources = new ClusterResources([.. objects.Select(one => one.Fields)]);
        var pods = objects.Where(one => PodPaths.ContainsKey(one.Fields.Text("kind") ?? "")).Select(one => Pod(one.Index, one.Fields, resources, platform, approveWildcards)).ToList();
        return pods.Count > 0 ? pods : throw new MalformedException(Format, "kind", $"of no document is one of {string.Join(", ", PodPaths.Keys)}");
    }

    private static KubernetesPod Pod(int index, ArmFields fields, ClusterResources resources, GroupPlatform platform, bool approveWildcards)
    {
        var kind = fields.RequiredText("kind");
        var path = PodPaths[kind];
        var name = fields.RequiredObject("metadata").RequiredText("name");
        var template = path.Aggregate(fields, (at, member) => at.RequiredObject(member));
        var reader = new PodReader(resources, platform, approveWildcards);
        var claims = kind == "StatefulSet" ? fields.RequiredObject("spec").Objects("volumeClaimTemplates") : [];
        var metadata = template.Object("metadata");
        var group = reader.Read(name, kind, template.RequiredObject("spec"), claims) with
        {
            UsesWorkloadIdentity = platform == GroupPlatform.VirtualNode && metadata?.Object("labels")?.Text(WorkloadIdentityLabel) == "true",
            CcePolicy = metadata?.Object("annotations")?.Text(PolicyAnnotation),
        };
        return new KubernetesPod(group, index, [.. path, "metadata", "annotations", PolicyAnnotation]);
    }
}
