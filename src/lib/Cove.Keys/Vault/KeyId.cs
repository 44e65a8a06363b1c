using System.Buffers;
using Cove.Outcomes;

namespace Cove.Keys.Vault;

/// <summary>The name of a key in a vault, and the version where one is meant; without version the newest is.</summary>
public sealed record KeyId
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaximumNameLength = 127;

    /// <summary>Length of a version: 32 lower-case hexadecimal digits.</summary>
    public const int VersionLength = 32;

    private const string Format = "key id";
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-");
    private static readonly SearchValues<char> VersionCharacters = SearchValues.Create("0123456789abcdef");

    /// <summary>An id of this name and version.</summary>
    /// <exception cref="MalformedException">The name is not 1 to 127 letters, digits and hyphens, or the version not 32 hexadecimal
    /// digits.</exception>
    public KeyId(string name, string? version = null)
    {
        if (name.Length is 0 or > MaximumNameLength || name.AsSpan().ContainsAnyExcept(NameCharacters))
            throw new MalformedException(Format, "name", $"is not 1 to {MaximumNameLength} letters, digits and hyphens");
        if (version is not null && (version.Length != VersionLength || version.AsSpan().ContainsAnyExcept(VersionCharacters)))
            throw new MalformedException(Format, "version", $"is not {VersionLength} lower-case hexadecimal digits");
        Name = name;
        Version = version;
    }

    /// <summary>The key's name; case does not distinguish keys.</summary>
    public string Name { get; }

    /// <summary>The version, or null for the newest.</summary>
    public string? Version { get; }

    /// <summary>Reads <c>name</c> or <c>name/version</c>.</summary>
    /// <exception cref="MalformedException">It is neither.</exception>
    public static KeyId Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? new(text) : new(text[..slash], text[(slash + 1)..]);
    }

    /// <summary>Reads the path of a key URL, <c>https://host/keys/name[/version]</c>.</summary>
    /// <exception cref="MalformedException">It is no such URL.</exception>
    public static KeyId ParseUrl(string url)
    {
        const string prefix = "/keys/";
        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme != Uri.UriSchemeHttps
            || !parsed.AbsolutePath.StartsWith(prefix, StringComparison.Ordinal))
            throw new MalformedException(Format, "kid", "is not https://HOST/keys/NAME[/VERSION]");
        return Parse(parsed.AbsolutePath[prefix.Length..]);
    }

    /// <summary>The <c>kid</c> of this key in a vault: <c>https://host/keys/name[/version]</c>.</summary>
    public string UrlIn(Uri vault) => $"{vault.GetLeftPart(UriPartial.Authority)}/keys/{this}";

    /// <summary>True when a key of that id is one that this id asks for.</summary>
    public bool Covers(KeyId other)
        => string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase) && (Version is null || Version == other.Version);

    /// <summary><c>name</c> or <c>name/version</c>.</summary>
    public override string ToString() => Version is null ? Name : $"{Name}/{Version}";
}
