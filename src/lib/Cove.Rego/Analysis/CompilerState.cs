using Cove.Rego.Builtins;
using Cove.Rego.Syntax;

namespace Cove.Rego.Analysis;

/// <summary>What the passes over modules and queries share.</summary>
internal sealed class CompilerState(RegoCompilerOptions options, RegoImage? image = null)
{
    private const int MaxErrors = 10;
    private int _locals = image?.Locals ?? 0;
    private Dictionary<string, Dictionary<string, RefTerm>>? _packages;

    public RegoCompilerOptions Options { get; } = options;

    public List<Module> Modules { get; } = [];

    /// <summary>Modules that were analysed before; their rules are in the tree.</summary>
    public RegoImage? Image { get; private init; } = image;

    public List<RegoError> Errors { get; } = [];

    /// <summary>From a name the compiler made to the one that was written.</summary>
    public Dictionary<string, string> Written { get; } = [];

    public RuleTree Tree { get; set; } = new();

    public RegoErrorStage Stage { get; set; } = RegoErrorStage.Compile;

    public bool Failed => Errors.Count > 0;

    /// <summary>A compiler over the same modules for one query.</summary>
    public CompilerState ForQuery()
    {
        var state = new CompilerState(Options, Image) { Tree = Tree, Stage = RegoErrorStage.QueryCompile, RuleTypes = RuleTypes };
        state.Modules.AddRange(Modules);
        return state;
    }

    /// <summary>The same, but errors go nowhere: for inferring what has been checked elsewhere.</summary>
    public CompilerState Quiet() => new(Options, Image) { Tree = Tree, Stage = Stage, RuleTypes = RuleTypes, Comprehensions = Comprehensions };

    /// <summary>The types of comprehensions whose bodies were checked: asked for at every level that one stands in, they must not be found out anew at each.</summary>
    public Dictionary<ComprehensionTerm, RegoType> Comprehensions { get; private init; } = [];

    /// <summary>What the type checker found for the rules.</summary>
    public Dictionary<RuleNode, RegoType> RuleTypes { get; set; } = [];

    /// <summary>What is known of a rule's type; null before the checker has been there.</summary>
    public RegoType? TypeOf(RuleNode node) => node.Linked is { } linked ? linked.Type : RuleTypes.GetValueOrDefault(node);

    /// <summary>The nodes with rules, each after those it depends on.</summary>
    public List<RuleNode> Order { get; set; } = [];

    /// <summary>What a module's package calls by a bare name: the full references of all rules in it, whichever module they stand in.</summary>
    public Dictionary<string, RefTerm> RulesOf(RefTerm wanted)
    {
        if (_packages is null)
        {
            _packages = new(StringComparer.Ordinal);
            foreach (var module in Modules)
            {
                var text = TermText.Of(module.Package);
                // From nowhere: a rule must not carry places of the other modules of its package.
                var package = module.Package.Parts.ConvertAll(static part => TermCopier.Copy(part, Location.None));
                if (!_packages.TryGetValue(text, out var rules)) _packages[text] = rules = new(StringComparer.Ordinal);
                foreach (var rule in module.Rules)
                    if (rule.Head.Ref.HeadName is { } name && !rules.ContainsKey(name)) rules[name] = new RefTerm(Location.None, [.. package, Names.Text(Location.None, name)]);
            }
        }

        return _packages[TermText.Of(wanted)];
    }

    /// <summary>How many locals have names by now.</summary>
    public int Locals => _locals;

    public string NewLocal() => LocalName(_locals++);

    public static string LocalName(int number) => $"%local{number}__";

    /// <summary>The number in a local's name; -1 where it is none.</summary>
    public static int LocalNumber(string name) =>
        name.StartsWith("%local", StringComparison.Ordinal) && int.TryParse(name.AsSpan("%local".Length, name.Length - "%local__".Length), out var number) ? number : -1;

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
        while (Written.TryGetValue(variable, out var written) || (Image?.Written(variable) is { } inImage && (written = inImage) is not null)) variable = written;
        return variable.StartsWith('$') ? "_" : variable;
    }

    public BuiltinDefinition? FindBuiltin(string? name) =>
        name is not null && (Options.CustomBuiltins.TryGetValue(name, out var custom) ? custom : BuiltinTable.Find(name)) is { } found
        && (Options.Capabilities.Allows(name)) ? found : null;
}
