namespace Cove.Policy.Model;

/// <summary>What a volume of a group consists of.</summary>
public enum VolumeKind
{
    /// <summary>A directory that lives as long as the group.</summary>
    EmptyDir,

    /// <summary>Files whose contents the template gives.</summary>
    Secret,

    /// <summary>A share of a storage account.</summary>
    AzureFile,

    /// <summary>A git repository, cloned at the start.</summary>
    GitRepo,
}

/// <summary>A volume of a group.</summary>
/// <param name="Name">The name that containers mount it by.</param>
/// <param name="Kind">What it consists of.</param>
public sealed record GroupVolume(string Name, VolumeKind Kind)
{
    /// <summary>Name to content, for a secret volume. The contents are secret: they appear in no message.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files { get; init; } = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
}
