namespace Cove.Protocol.Messages;

/// <summary>The state of one container.</summary>
/// <param name="ContainerId">The container.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="ExitCode">The last exit code, once there is one.</param>
/// <param name="Restarts">How often the guest started it again.</param>
/// <param name="ProcessCount">Processes in it now.</param>
/// <param name="MemoryBytes">Memory it uses now, in bytes; null where the guest has no memory controller.</param>
/// <param name="ProcessorNanoseconds">Processor time it has used; null where nobody counts.</param>
public sealed record ContainerProperties(
    string ContainerId, ContainerState State, int? ExitCode, int Restarts, int ProcessCount, long? MemoryBytes, long? ProcessorNanoseconds = null);
