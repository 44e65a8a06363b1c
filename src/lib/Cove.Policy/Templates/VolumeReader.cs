using Cove.Outcomes;
using Cove.Policy.Model;

namespace Cove.Policy.Templates;

/// <summary>Reads the volumes of a group.</summary>
internal static class VolumeReader
{
    private static readonly (string Member, VolumeKind Kind)[] Kinds =
    [
        ("emptyDir", VolumeKind.EmptyDir), ("secret", VolumeKind.Secret), ("azureFile", VolumeKind.AzureFile), ("gitRepo", VolumeKind.GitRepo),
    ];

    internal static GroupVolume Read(ArmFields fields)
    {
        var name = fields.RequiredText("name");
        var given = Kinds.Where(kind => fields.Has(kind.Member)).ToList();
        if (given.Count != 1)
            throw new MalformedException(ArmScope.Format, fields.Path, $"has {given.Count} of {string.Join(", ", Kinds.Select(k => k.Member))}, expected exactly one");
        return new GroupVolume(name, given[0].Kind)
        {
            SecretTexts = given[0].Kind == VolumeKind.Secret ? Texts(fields.RequiredObject("secret")) : new Dictionary<string, SecretText>(StringComparer.Ordinal),
        };
    }

    private static Dictionary<string, SecretText> Texts(ArmFields secret)
    {
        var files = new Dictionary<string, SecretText>(StringComparer.Ordinal);
        foreach (var (name, _) in secret.Source.Members)
        {
            // The name becomes a file name in the volume: it must not leave it.
            if (name is "" or "." or ".." || name.Contains('/', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal))
                throw new MalformedException(ArmScope.Format, secret.At(name), "is not a file name");
            files[name] = secret.Source[name] is ArmUnknown unknown
                ? new SecretText(default, unknown.Why)
                : new SecretText((secret.SecretAware(name) ?? throw secret.Missing(name)) with { IsSecret = true });
        }

        return files;
    }
}
