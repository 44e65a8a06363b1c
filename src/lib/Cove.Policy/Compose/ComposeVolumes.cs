using System.Text;
using Cove.Outcomes;
using Cove.Policy.Model;
using Cove.Policy.Templates;

namespace Cove.Policy.Compose;

/// <summary>The volumes, configs and secrets of a file, and those of them that services use.</summary>
internal sealed class ComposeVolumes(ArmFields root, ComposeSurroundings surroundings)
{
    private readonly Dictionary<string, GroupVolume> used = new(StringComparer.Ordinal);

    internal IReadOnlyList<GroupVolume> Used => [.. used.Values];

    /// <summary>A named volume; it lives as long as the group.</summary>
    internal string Named(string name, string field)
    {
        if (root.Object("volumes")?.Source.Members.Any(member => member.Key == name) != true)
            throw new MalformedException(ComposeFile.Format, field, $"names '{name}', which is not among the file's volumes");
        return Use(new GroupVolume(Plain(name), VolumeKind.EmptyDir));
    }

    /// <summary>Memory of one service's own.</summary>
    internal string Temporary(string service, int number) => Use(new GroupVolume(Plain($"{service}-tmp{number}"), VolumeKind.EmptyDir));

    /// <summary>The folder of a service's configs or secrets that appear in one place.</summary>
    internal string Files(string service, string folder, IEnumerable<(string File, string List, string Name)> sources)
    {
        var texts = sources.ToDictionary(source => source.File, source => Content(source.List, source.Name), StringComparer.Ordinal);
        return Use(new GroupVolume(Plain($"{service}-{folder}"), VolumeKind.Secret) { SecretTexts = texts });
    }

    private SecretText Content(string list, string name)
    {
        var source = root.Object(list)?.Object(name) ?? throw new MalformedException(ComposeFile.Format, $"$.{list}", $"have no '{name}', which a service uses");
        if (source.Text("content") is { } content) return Encoded(Encoding.UTF8.GetBytes(content));
        if (source.Text("file") is { } file) return Encoded(surroundings.ReadFile(file));
        if (source.Text("environment") is { } variable)
        {
            return surroundings.Variable(variable) is { } value
                ? Encoded(Encoding.UTF8.GetBytes(value))
                : new SecretText(default, $"is in the variable {variable}, which is not set");
        }

        throw new MalformedException(ComposeFile.Format, source.Path, "has none of content, file and environment: what lies outside cannot be handed to a guest");
    }

    private static SecretText Encoded(byte[] content) => new(new TemplateText(Convert.ToBase64String(content), IsSecret: true));

    private string Use(GroupVolume volume)
    {
        used.TryAdd(volume.Name, volume);
        return volume.Name;
    }

    // Guests know volumes by names of lower-case letters, digits and hyphens.
    private static string Plain(string name) => string.Concat(name.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-'));
}
