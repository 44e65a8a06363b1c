using Cove.Outcomes;

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

    /// <summary>Storage of a cluster.</summary>
    Claim,
}

/// <summary>A volume of a group.</summary>
/// <param name="Name">The name that containers mount it by.</param>
/// <param name="Kind">What it consists of.</param>
public sealed record GroupVolume(string Name, VolumeKind Kind)
{
    /// <summary>
    /// Name to content, for a secret volume. The contents are secret: they appear in no message. Decoded when asked for, because a policy does not
    /// depend
    /// on them.
    /// </summary>
    /// <exception cref="MalformedException">A content is not base64, or nobody gave it; says which.</exception>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files => SecretTexts.ToDictionary(file => file.Key, Decode, StringComparer.Ordinal);

    /// <summary>Name to content in base64, as the template gives it, or to why it has none.</summary>
    internal IReadOnlyDictionary<string, SecretText> SecretTexts { get; init; } = new Dictionary<string, SecretText>(StringComparer.Ordinal);

    private ReadOnlyMemory<byte> Decode(KeyValuePair<string, SecretText> file)
    {
        if (file.Value.Missing is { } why) throw new MalformedException("container group", $"volumes[{Name}].secret.{file.Key}", why);
        try
        {
            return Convert.FromBase64String(file.Value.Base64.Value);
        }
        catch (FormatException e)
        {
            throw new MalformedException("container group", $"volumes[{Name}].secret.{file.Key}", "is not base64", inner: e);
        }
    }
}

/// <summary>The content of a secret file in base64, or why there is none.</summary>
internal readonly record struct SecretText(TemplateText Base64, string? Missing = null);
