namespace Cove.Protocol.Messages;

/// <summary>The five capability sets of a process, by kernel names such as <c>CAP_CHOWN</c>.</summary>
/// <param name="Bounding">Bounding set.</param>
/// <param name="Effective">Effective set.</param>
/// <param name="Inheritable">Inheritable set.</param>
/// <param name="Permitted">Permitted set.</param>
/// <param name="Ambient">Ambient set.</param>
public sealed record ProcessCapabilities(
    IReadOnlyList<string> Bounding,
    IReadOnlyList<string> Effective,
    IReadOnlyList<string> Inheritable,
    IReadOnlyList<string> Permitted,
    IReadOnlyList<string> Ambient);
