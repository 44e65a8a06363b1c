using System.Collections.Concurrent;

namespace Cove.Rego.Patterns;

/// <summary>Compiled patterns of one policy, at most so many.</summary>
internal sealed class PatternCache
{
    private const int Capacity = 512;
    private readonly ConcurrentDictionary<string, object> _compiled = new();

    /// <summary>The pattern, compiled at most once while it stays in the cache.</summary>
    /// <exception cref="RegexSyntaxException">The pattern is not RE2 syntax.</exception>
    public Re2 Regex(string pattern) => (Re2)Get("r" + pattern, () => new Re2(pattern));

    public T Get<T>(string key, Func<T> make)
        where T : class => (T)Get(key, (Func<object>)make);

    private object Get(string key, Func<object> make)
    {
        if (_compiled.TryGetValue(key, out var known)) return known;
        var made = make();
        // Patterns made up by hostile input must not fill the memory: a full cache starts over.
        if (_compiled.Count >= Capacity) _compiled.Clear();
        _compiled[key] = made;
        return made;
    }
}
