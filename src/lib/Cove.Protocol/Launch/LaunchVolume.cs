using Cove.Protocol.Messages;

namespace Cove.Protocol.Launch;

/// <summary>A volume of a group.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Files">The files of a secret volume.</param>
public sealed record LaunchVolume(string Name, VolumeKind Kind, IReadOnlyList<VolumeFile> Files);
