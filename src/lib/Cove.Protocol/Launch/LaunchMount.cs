namespace Cove.Protocol.Launch;

/// <summary>A volume mounted in a container.</summary>
/// <param name="Volume">The volume's name.</param>
/// <param name="Path">Absolute path in the container.</param>
/// <param name="ReadOnly">Whether the container may only read it.</param>
public sealed record LaunchMount(string Volume, string Path, bool ReadOnly);
