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
            Files = given[0].Kind == VolumeKind.Secret ? Files(fields.RequiredObject("secret")) : new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal),
        };
    }

    private static Dictionary<string, ReadOnlyMemory<byte>> Files(ArmFields secret)
    {
        var files = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (var (name, _) in secret.Source.Members)
        {
            // The name becomes a file name in the volume: it must not leave it.
            if (name is "" or "." or ".." || name.Contains('/', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal))
                throw new MalformedException(ArmScope.Format, secret.At(name), "is not a file name");
            var text = secret.SecretAware(name)?.Value ?? throw secret.Missing(name);
            try
            {
                files[name] = Convert.FromBase64String(text);
            }
            catch (FormatException e)
            {
                throw new MalformedException(ArmScope.Format, secret.At(name), "is not base64", inner: e);
            }
        }

        return files;
    }
}
