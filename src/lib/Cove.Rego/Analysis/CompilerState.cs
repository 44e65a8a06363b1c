using Cove.Rego.Builtins;
using Cove.Rego.Syntax;

namespace Cove.Rego.Analysis;

/// <summary>What the passes over modules and queries share.</summary>
internal sealed class CompilerState(RegoCompilerOptions options)
{
    private const int MaxErrors = 10;
    private int _locals;
    private Dictionary<string, Dictionary<string, RefTerm>>? _packages;

    public RegoCompilerOptions Options { get; } = options;

    public List<Module> Modules { get; } = [];

    public List<RegoError> Errors { get; } = [];

    /// <summary>From a name the compiler made to the one that was written.</summary>
    public Dictionary<string, string> Written { get; } = [];

    public RuleTree Tree { get; set; } = new();

    public RegoErrorStage Stage { get; set; } = RegoErrorStage.Compile;

    public bool Failed => Errors.Count > 0;

    /// <summary>A compiler over the same modules for one query.</summary>
    public CompilerState ForQuery()
    {
        var state = new CompilerState(Options) { Tree = Tree, Stage = RegoErrorStage.QueryCompile, RuleTypes = RuleTypes };
        state.Modules.AddRange(Modules);
        return state;
    }

    /// <summary>The same, but errors go nowhere: for inferring what has been checked elsewhere.</summary>
    public CompilerState Quiet() => new(Options) { Tree = Tree, Stage = Stage, RuleTypes = RuleTypes };

    /// <summary>What the type checker found for the rules.</summary>
    public Dictionary<RuleNode, RegoType> RuleTypes { get; set; } = [];

    /// <summary>The nodes with rules, each after those it depends on.</summary>
    public List<RuleNode> Order { get; set; } = [];

    /// <summary>What a module's package calls by a bare name: the full references of all rules in it, whichever module they stand in.</summary>
    public Dictionary<string, RefTerm> RulesOf(RefTerm package)
    {
        if (_packages is null)
        {
            _packages = new(StringComparer.Ordinal);
            foreach (var module in Modules)
            {
                var text = TermText.Of(module.Package);
                if (!_packages.TryGetValue(text, out var rules)) _packages[text] = rules = new(StringComparer.Ordinal);
                foreach (var rule in module.Rules)
                    if (rule.Head.Ref.HeadName is { } name && !rules.ContainsKey(name)) rules[name] = new RefTerm(Location.None, [.. module.Package.Parts, Names.Text(Location.None, name)]);
            }
        }

        return _packages[TermText.Of(package)];
    }

    public string NewLocal() => $"%local{_locals++}__";

    public VarTerm NewLocal(Location location) => new(location, NewLocal());

    public void Report(string code, Location at, string message)
    {
        if (Errors.Exists(e => e.Code == code && e.Message == message && e.Row == at.Row && e.Column == at.Column && e.File == at.File)) return;
        if (Errors.Count < MaxErrors) Errors.Add(new RegoError(Stage, code, message, at.File, at.Row, at.Column));
        else if (Errors.Count == MaxErrors) Errors.Add(new RegoError(Stage, RegoError.CompileCode, "error limit reached", "", 0, 0));
    }

    /// <summary>The name of a variable as the user knows it.</summary>
    public string NameOf(string variable)
    {
        while (Written.TryGetValue(variable, out var written)) variable = written;
        return variable.StartsWith('$') ? "_" : variable;
    }

    public BuiltinDefinition? FindBuiltin(string? name) =>
        name is not null && (Options.CustomBuiltins.TryGetValue(name, out var custom) ? custom : BuiltinTable.Find(name)) is { } found
        && (Options.Capabilities.Allows(name)) ? found : null;
}
