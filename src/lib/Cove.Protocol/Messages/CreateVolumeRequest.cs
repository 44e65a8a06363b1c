namespace Cove.Protocol.Messages;

/// <summary>Makes a volume of the group. Containers name it in their mounts; the policy judges those.</summary>
/// <param name="Name">The volume's name: lower-case letters, digits and hyphens, at most 63.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Files">The files of a secret volume; empty otherwise.</param>
/// <param name="SizeBytes">Size limit in bytes; 0 takes the guest's default.</param>
public sealed record CreateVolumeRequest(string Name, VolumeKind Kind, IReadOnlyList<VolumeFile>? Files = null, long SizeBytes = 0);
