using System.Collections.Concurrent;

namespace Cove.Rego.Patterns;

/// <summary>Compiled patterns of one policy, at most so many.</summary>
internal sealed class PatternCache
{
    private const int Capacity = 512;
    private readonly ConcurrentDictionary<string, Re2> _regexes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, object> _compiled = new(StringComparer.Ordinal);

    /// <summary>The pattern, compiled at most once while it stays in the cache.</summary>
    /// <exception cref="RegexSyntaxException">The pattern is not RE2 syntax.</exception>
    public Re2 Regex(string pattern)
    {
        if (_regexes.TryGetValue(pattern, out var known)) return known;
        var made = new Re2(pattern);
        if (_regexes.Count >= Capacity) _regexes.Clear();
        return _regexes[pattern] = made;
    }

    public T Get<T>(string key, Func<T> make)
        where T : class
    {
        if (_compiled.TryGetValue(key, out var known)) return (T)known;
        var made = make();
        // Patterns made up by hostile input must not fill the memory: a full cache starts over.
        if (_compiled.Count >= Capacity) _compiled.Clear();
        _compiled[key] = made;
        return made;
    }
}
