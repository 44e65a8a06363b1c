using Cove.Guest.Attesters;
using Cove.Sidecar.Http;

namespace Cove.Sidecar;

/// <summary>Everything outside the sidecar that it touches.</summary>
internal sealed record SkrSurroundings
{
    /// <summary>This machine's attester, looked for at each request; null where there is none.</summary>
    public required Func<IAttester?> Attester { get; init; }

    /// <summary>For every request that leaves the machine.</summary>
    public required HttpClient Client { get; init; }

    /// <summary>Whom a vault's answer must lead to.</summary>
    public required TrustRoots Roots { get; init; }

    /// <summary>The environment.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>The folder where a security-context folder is looked for.</summary>
    public required string Root { get; init; }

    public required TimeProvider Time { get; init; }

    public required SidecarLog Log { get; init; }
}
