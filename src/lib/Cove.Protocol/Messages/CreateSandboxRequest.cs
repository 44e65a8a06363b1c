namespace Cove.Protocol.Messages;

/// <summary>Names the group's sandbox and what its containers see of the network. Once, before the first container.</summary>
/// <param name="SandboxId">64 lower-case hex digits; paths below <c>/run/gcs/c/SANDBOX</c> are the group's.</param>
/// <param name="Hostname">Matches <c>^[a-zA-Z0-9_\-\.]{0,255}$</c>; empty means <c>localhost</c>.</param>
/// <param name="NameServers">IP addresses for <c>resolv.conf</c>.</param>
/// <param name="Searches">At most six search domains.</param>
/// <param name="ResolverOptions">Words of the <c>options</c> line.</param>
/// <param name="Network">For the network card of a machine; null where it has none.</param>
public sealed record CreateSandboxRequest(
    string SandboxId,
    string Hostname = "",
    IReadOnlyList<string>? NameServers = null,
    IReadOnlyList<string>? Searches = null,
    IReadOnlyList<string>? ResolverOptions = null,
    SandboxNetwork? Network = null);
