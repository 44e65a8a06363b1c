using Cove.Keys.Vault;
using Cove.Outcomes;

namespace Cove.KeyService.Access;

/// <summary>Where a role holds, and where an action is done: everything, all keys, or one key. Case does not distinguish keys.</summary>
internal sealed record RoleScope
{
    private RoleScope(string path) => Path = path;

    public static RoleScope Everything { get; } = new("/");

    public static RoleScope Keys { get; } = new("/keys");

    /// <summary><c>/</c>, <c>/keys</c> or <c>/keys/{name}</c>.</summary>
    public string Path { get; }

    /// <exception cref="MalformedException">It is no name of a key.</exception>
    public static RoleScope Key(string name) => new($"/keys/{new KeyId(name).Name}");

    /// <summary>The scope of these path segments, or null.</summary>
    public static RoleScope? Find(ReadOnlySpan<string> segments)
    {
        if (segments is []) return Everything;
        if (!segments[0].Equals("keys", StringComparison.OrdinalIgnoreCase) || segments.Length > 2) return null;
        return segments is [_, var name] ? Key(name) : Keys;
    }

    /// <summary>The scope that is written like this, or null.</summary>
    public static RoleScope? Find(string text) => text.StartsWith('/') || text.Length == 0 ? Find(text.Split('/', StringSplitOptions.RemoveEmptyEntries)) : null;

    /// <summary>True when what holds here holds there.</summary>
    public bool Covers(RoleScope other) => Path.Length == 1 || Path.Equals(other.Path, StringComparison.OrdinalIgnoreCase)
        || other.Path.StartsWith($"{Path}/", StringComparison.OrdinalIgnoreCase);

    public override string ToString() => Path;
}
