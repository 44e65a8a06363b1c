namespace Cove.Rego;

/// <summary>What policies may use. The default is all of the language and every builtin that needs no network.</summary>
public sealed record RegoCapabilities
{
    /// <summary>The default.</summary>
    public static RegoCapabilities Default { get; } = new();

    /// <summary>Builtins that do not exist for these policies.</summary>
    public IReadOnlySet<string> WithoutBuiltins { get; init; } = new HashSet<string>();

    /// <summary>Whether "and" and "or" may be imported from future.keywords.</summary>
    public bool AndOr { get; init; }

    /// <summary>The network for builtins that need one; null, the default, for none.</summary>
    public RegoNetwork? Network { get; init; }

    internal bool Allows(string builtin) => !WithoutBuiltins.Contains(builtin);
}
