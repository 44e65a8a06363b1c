namespace Cove.Protocol.Messages;

/// <summary>A mount that a container asks for, in OCI words.</summary>
/// <param name="Destination">Absolute path in the container.</param>
/// <param name="Source">E.g. <c>sandbox:///tmp/atlas/emptydir/cache</c>, as <see cref="CreateVolumeResponse"/> gave it.</param>
/// <param name="Type">E.g. <c>bind</c>.</param>
/// <param name="Options">E.g. <c>rbind</c>, <c>rshared</c>, <c>rw</c>.</param>
public sealed record ContainerMount(string Destination, string Source, string Type, IReadOnlyList<string> Options);
