using System.Buffers;
using Cove.Outcomes;

namespace Cove.Images.Oci;

/// <summary>
/// The name of an image, normalised as Docker and containerd do: without a registry it is docker.io, a single-part name there is in
/// <c>library/</c>, and without tag and digest it is <c>latest</c>.
/// </summary>
public sealed record ImageReference
{
    private const int MaximumName = 255;
    private const int MaximumTag = 128;
    private const string DefaultRegistry = "docker.io";

    private static readonly SearchValues<char> TagCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");
    private static readonly SearchValues<char> RegistryCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-:[]");

    private ImageReference(string registry, string repository, string? tag, Digest? digest)
    {
        Registry = registry;
        Repository = repository;
        Tag = tag;
        Digest = digest;
    }

    /// <summary>The registry, with its port where it has one.</summary>
    public string Registry { get; }

    /// <summary>The repository in the registry.</summary>
    public string Repository { get; }

    /// <summary>The tag; null only where there is a digest.</summary>
    public string? Tag { get; }

    /// <summary>The digest of the manifest or index, where the reference is pinned.</summary>
    public Digest? Digest { get; }

    /// <summary>Registry, repository and tag, without the digest.</summary>
    public string Name => Tag is null ? $"{Registry}/{Repository}" : $"{Registry}/{Repository}:{Tag}";

    /// <summary>Reads <c>[registry/]repository[:tag][@digest]</c>.</summary>
    /// <exception cref="MalformedException">The text is no such reference.</exception>
    public static ImageReference Parse(string text)
    {
        var rest = text;
        Digest? digest = null;
        if (rest.IndexOf('@', StringComparison.Ordinal) is >= 0 and var at)
        {
            digest = Digest.Parse(rest[(at + 1)..], $"reference '{text}'");
            rest = rest[..at];
        }

        string? tag = null;
        if (rest.LastIndexOf(':') is >= 0 and var colon && rest.IndexOf('/', colon) < 0)
        {
            (tag, rest) = (rest[(colon + 1)..], rest[..colon]);
            if (tag.Length is 0 or > MaximumTag || tag[0] is '.' or '-' || tag.AsSpan().ContainsAnyExcept(TagCharacters)) throw Wrong(text, "has a tag that is none");
        }

        var (registry, repository) = Split(rest);
        if (!(char.IsAsciiLetterOrDigit(registry[0]) || registry[0] == '[') || registry.AsSpan().ContainsAnyExcept(RegistryCharacters)) throw Wrong(text, "has a registry that is none");
        if (repository.Length is 0 or > MaximumName || !repository.Split('/').All(IsComponent)) throw Wrong(text, "is no image name (lower-case letters, digits, and . _ - between them)");
        return new ImageReference(registry, repository, tag ?? (digest is null ? "latest" : null), digest);
    }

    /// <summary>A reference to content in a store, whatever its name.</summary>
    internal static ImageReference Pinned(Digest digest) => new("localhost", "by-digest", null, digest);

    /// <summary>The whole reference in its normal form.</summary>
    public override string ToString() => Digest is null ? Name : $"{Name}@{Digest}";

    private static (string Registry, string Repository) Split(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : name[..slash];
        var isRegistry = first == "localhost" || first.AsSpan().ContainsAny('.', ':');
        var registry = isRegistry && first != "index.docker.io" ? first : DefaultRegistry;
        var repository = isRegistry ? name[(slash + 1)..] : name;
        if (registry == DefaultRegistry && !repository.Contains('/', StringComparison.Ordinal)) repository = $"library/{repository}";
        return (registry, repository);
    }

    /// <summary>Lower-case letters and digits, with one '.', one or two '_', or any number of '-' between them.</summary>
    private static bool IsComponent(string part)
    {
        var separator = 0;
        for (var i = 0; i < part.Length; i++)
        {
            if (char.IsAsciiLetterLower(part[i]) || char.IsAsciiDigit(part[i]))
            {
                separator = 0;
                continue;
            }

            if (part[i] is not ('.' or '_' or '-') || i == 0 || (separator > 0 && part[i] != part[i - 1])) return false;
            separator++;
            if (separator > (part[i] switch { '.' => 1, '_' => 2, _ => int.MaxValue })) return false;
        }

        return part.Length > 0 && separator == 0;
    }

    private static MalformedException Wrong(string text, string problem) => new("image reference", $"'{text}'", problem);
}
