using System.Text;
using Cove.Outcomes;
using Cove.Policy.Model;
using Cove.Policy.Templates;

namespace Cove.Policy.Kubernetes;

/// <summary>The ConfigMaps and Secrets of a file: what pods take values and files from.</summary>
internal sealed class ClusterResources(IReadOnlyList<ArmFields> objects)
{
    private readonly Dictionary<string, IReadOnlyDictionary<string, TemplateText>> configMaps = Read(objects, "ConfigMap");
    private readonly Dictionary<string, IReadOnlyDictionary<string, TemplateText>> secrets = Read(objects, "Secret");

    /// <summary>The entries of a ConfigMap; null where the file has none of this name.</summary>
    internal IReadOnlyDictionary<string, TemplateText>? ConfigMap(string name) => configMaps.GetValueOrDefault(name);

    /// <summary>The entries of a Secret; null where the file has none of this name.</summary>
    internal IReadOnlyDictionary<string, TemplateText>? Secret(string name) => secrets.GetValueOrDefault(name);

    private static Dictionary<string, IReadOnlyDictionary<string, TemplateText>> Read(IReadOnlyList<ArmFields> objects, string kind)
    {
        var read = new Dictionary<string, IReadOnlyDictionary<string, TemplateText>>(StringComparer.Ordinal);
        foreach (var one in objects.Where(one => one.Text("kind") == kind))
        {
            var name = one.RequiredObject("metadata").RequiredText("name");
            if (!read.TryAdd(name, Entries(one, secret: kind == "Secret")))
                throw new MalformedException(KubernetesFile.Format, one.Path, $"is a second {kind} of the name {name}");
        }

        return read;
    }

    private static SortedDictionary<string, TemplateText> Entries(ArmFields one, bool secret)
    {
        var entries = new SortedDictionary<string, TemplateText>(StringComparer.Ordinal);
        var (encoded, plain) = secret ? ("data", "stringData") : ("binaryData", "data");
        foreach (var (key, value) in Members(one, encoded)) entries[key] = new TemplateText(Decode(one, encoded, key, value), secret);
        foreach (var (key, value) in Members(one, plain)) entries[key] = new TemplateText(value, secret);
        return entries;
    }

    private static IEnumerable<(string Key, string Value)> Members(ArmFields one, string member)
    {
        if (one.Object(member) is not { } fields) yield break;
        foreach (var (key, value) in fields.Source.Members)
        {
            yield return value is ArmText text
                ? (key, text.Value)
                : throw new MalformedException(KubernetesFile.Format, fields.At(key), $"is a {value.Kind}, expected a string: quote it");
        }
    }

    private static string Decode(ArmFields one, string member, string key, string value)
    {
        try
        {
            var bytes = Convert.FromBase64String(value);
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (FormatException bad)
        {
            throw new MalformedException(KubernetesFile.Format, $"{one.At(member)}.{key}", "is not base64", inner: bad);
        }
        catch (DecoderFallbackException bad)
        {
            throw new MalformedException(KubernetesFile.Format, $"{one.At(member)}.{key}", "is not text: only UTF-8 entries are handled", inner: bad);
        }
    }
}
