using Cove.Rego.Builtins;

namespace Cove.Rego;

/// <summary>How policies are read and compiled.</summary>
public sealed record RegoCompilerOptions
{
    /// <summary>The version of the language for modules that do not import <c>rego.v1</c>: true for v1, false for v0.</summary>
    public bool V1 { get; init; } = true;

    /// <summary>Whether unused imports, locals and arguments are errors too.</summary>
    public bool Strict { get; init; }

    /// <summary>Whether calls of <c>print</c> are kept; otherwise they are erased.</summary>
    public bool Print { get; init; }

    /// <summary>What policies may use.</summary>
    public RegoCapabilities Capabilities { get; init; } = RegoCapabilities.Default;

    /// <summary>Functions of the host.</summary>
    public IReadOnlyList<RegoBuiltin> Builtins
    {
        get;
        init
        {
            field = value;
            CustomBuiltins = value.ToDictionary(static b => b.Name, static b => new BuiltinDefinition(b.Name, b.Signature) { Many = (_, args) => b.Body(args) });
        }
    }

    = [];

    internal IReadOnlyDictionary<string, BuiltinDefinition> CustomBuiltins { get; private init; } = new Dictionary<string, BuiltinDefinition>();
}
