namespace Cove.Protocol.Messages;

/// <summary>Names the sources that the guest's own log is to be forwarded from. A guest that runs Linux has none.</summary>
/// <param name="Providers">Their names.</param>
public sealed record LogProvidersRequest(IReadOnlyList<string> Providers);
