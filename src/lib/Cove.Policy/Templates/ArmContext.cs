namespace Cove.Policy.Templates;

/// <summary>
/// What template functions know of the place of deployment. Azure fills these in; here the caller does, or the local defaults hold.
/// </summary>
public sealed record ArmContext
{
    /// <summary><c>subscription().subscriptionId</c>.</summary>
    public string SubscriptionId { get; init; } = "00000000-0000-0000-0000-000000000000";

    /// <summary><c>tenant().tenantId</c>.</summary>
    public string TenantId { get; init; } = "00000000-0000-0000-0000-000000000000";

    /// <summary><c>resourceGroup().name</c>.</summary>
    public string ResourceGroup { get; init; } = "cove";

    /// <summary><c>resourceGroup().location</c>.</summary>
    public string Location { get; init; } = "local";

    /// <summary><c>deployment().name</c>.</summary>
    public string DeploymentName { get; init; } = "cove";

    /// <summary>For <c>utcNow</c>; without it that function fails, because a policy must come out the same every time.</summary>
    public TimeProvider? Time { get; init; }

    /// <summary>
    /// Whether an environment variable whose value nobody gave becomes "any value" in the policy (<c>--approve-wildcards</c>).
    /// Otherwise it is an error.
    /// </summary>
    public bool ApproveWildcards { get; init; }
}
