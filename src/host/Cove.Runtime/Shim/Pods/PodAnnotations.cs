using Cove.Runtime.Shim.Ttrpc;

namespace Cove.Runtime.Shim.Pods;

/// <summary>What annotations say: CRI's about the pod, and the policy.</summary>
internal static class PodAnnotations
{
    /// <summary>Cove's own: the policy, base64.</summary>
    public const string Policy = "io.cove.policy";

    /// <summary>As AKS carries it.</summary>
    public const string KataPolicy = "io.katacontainers.config.agent.policy";

    /// <summary>As confidential containers of Kata carry it: gzip of an init data document.</summary>
    public const string InitData = "io.katacontainers.config.hypervisor.cc_init_data";

    /// <summary>As virtual nodes carry it.</summary>
    public const string VirtualNodePolicy = "microsoft.containerinstance.virtualnode.ccepolicy";

    private const string Group = "io.containerd.runc.v2.group";
    private const string SandboxId = "io.kubernetes.cri.sandbox-id";
    private const string ContainerType = "io.kubernetes.cri.container-type";
    private static readonly string[] Policies = [Policy, KataPolicy, InitData, VirtualNodePolicy];

    /// <summary>The group that a container belongs to: whose shim serves it.</summary>
    public static string GroupOf(IReadOnlyDictionary<string, string> annotations, string id) =>
        annotations.GetValueOrDefault(Group) ?? annotations.GetValueOrDefault(SandboxId) ?? id;

    public static PodRole RoleOf(IReadOnlyDictionary<string, string> annotations) => annotations.GetValueOrDefault(ContainerType) switch
    {
        null => PodRole.Alone,
        "sandbox" => PodRole.Sandbox,
        "container" => PodRole.Member,
        var other => throw new TtrpcException(TtrpcCode.InvalidArgument, $"{ContainerType} is {other}"),
    };

    /// <summary>The one policy that a pod carries. None allows nothing, so there is no guest without one.</summary>
    public static (string Name, string Value) PolicyOf(IReadOnlyDictionary<string, string> annotations) =>
        Policies.Where(annotations.ContainsKey).ToList() switch
        {
            [var one] => (one, annotations[one]),
            [] => throw TtrpcException.NotNow($"the pod carries no policy, and nothing is allowed without one: annotate it with {string.Join(" or ", Policies)} (cove policy generate --base64)"),
            var several => throw TtrpcException.NotNow($"the pod carries several policies: {string.Join(", ", several)}"),
        };
}
