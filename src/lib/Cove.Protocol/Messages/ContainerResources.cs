namespace Cove.Protocol.Messages;

/// <summary>Limits of a container. The policy language has no word for them: a host can starve a guest anyway.</summary>
/// <param name="MemoryBytes">Most memory, in bytes; 0 for no limit.</param>
/// <param name="Cpus">Most processor time, in processors; 0 for no limit.</param>
public sealed record ContainerResources(long MemoryBytes = 0, double Cpus = 0);
