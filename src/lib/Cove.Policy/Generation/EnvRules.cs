using Cove.Policy.Model;

namespace Cove.Policy.Generation;

/// <summary>
/// The environment rules of a generated container: the template's variables, the image's, and what the platform injects (spec §6.5).
/// </summary>
internal static class EnvRules
{
    // Whatever the template says for it, this value is put in by the platform.
    private const string ThimPlaceholder = "===CONFIDENTIAL.THIM.ENDPOINT===";

    private static readonly string[] InjectedNames =
    [
        "(?i)(FABRIC)_.+", "HOSTNAME", "T(E)?MP", "FabricPackageFileName", "HostedServiceName", "IDENTITY_API_VERSION", "IDENTITY_HEADER",
        "IDENTITY_SERVER_THUMBPRINT", "azurecontainerinstance_restarted_by",
    ];

    /// <summary>Whether the platform itself puts in variables of this name, so that every generated policy allows any value.</summary>
    internal static bool IsInjected(string name) =>
        InjectedNames.Contains(name, StringComparer.Ordinal) || ServiceNames.Contains(name, StringComparer.Ordinal) || WorkloadIdentityNames.Contains(name, StringComparer.Ordinal);

    // What a kubelet tells every pod of the services that it may call.
    private static readonly string[] ServiceNames =
    [
        "[A-Z0-9_]+_SERVICE_HOST", "[A-Z0-9_]+_SERVICE_PORT", "[A-Z0-9_]+_SERVICE_PORT_[A-Z0-9_]+", "[A-Z0-9_]+_PORT", "[A-Z0-9_]+_PORT_[0-9]+_TCP",
        "[A-Z0-9_]+_PORT_[0-9]+_TCP_PROTO", "[A-Z0-9_]+_PORT_[0-9]+_TCP_PORT", "[A-Z0-9_]+_PORT_[0-9]+_TCP_ADDR",
    ];

    private static readonly string[] WorkloadIdentityNames = ["AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_AUTHORITY_HOST"];

    internal static IReadOnlyList<EnvRule> For(ContainerGroup group, GroupContainer container, ImageFacts image, bool isSidecar)
    {
        var rules = new List<EnvRule>(container.Environment.Select(FromTemplate));
        if (group.UsesWorkloadIdentity) rules.AddRange(WorkloadIdentityNames.Select(name => Expression($"{name}=.+")));
        var named = rules.Select(rule => rule.NamePart).ToHashSet(StringComparer.Ordinal);
        foreach (var variable in image.Environment)
        {
            if (named.Add(NameOf(variable))) rules.Add(Text(variable));
        }

        // A host that adds nothing also leaves nothing out.
        if (group.Platform == GroupPlatform.Cove) return [.. rules.Select(rule => rule.Strategy == "string" ? rule with { Required = true } : rule)];
        if (isSidecar) return rules;
        if (named.Add("TERM")) rules.Add(Text("TERM=xterm"));
        rules.AddRange(InjectedNames.Where(named.Add).Select(name => Expression($"{name}=.+")));
        if (group.Platform == GroupPlatform.VirtualNode) rules.AddRange(ServiceNames.Where(named.Add).Select(name => Expression($"{name}=.+")));
        return rules;
    }

    private static EnvRule FromTemplate(EnvironmentVariable variable) => variable switch
    {
        { Value: null } => Expression($"{variable.Name}=.*"),
        { Name: "THIM_ENDPOINT", Value.Value: ThimPlaceholder } => Expression("THIM_ENDPOINT=.*"),
        { IsPattern: true, Value: { } pattern } => Expression($"{variable.Name}={pattern.Value}"),
        { Value: { } value } => Text($"{variable.Name}={value.Value}"),
    };

    private static string NameOf(string variable) => variable.IndexOf('=', StringComparison.Ordinal) is >= 0 and var cut ? variable[..cut] : variable;

    private static EnvRule Text(string pattern) => new() { Pattern = pattern, Strategy = "string" };

    private static EnvRule Expression(string pattern) => new() { Pattern = pattern, Strategy = "re2" };
}
