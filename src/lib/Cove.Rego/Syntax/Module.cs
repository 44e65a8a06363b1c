namespace Cove.Rego.Syntax;

/// <summary>One module.</summary>
internal sealed class Module(SourceText source, bool isV1)
{
    public SourceText Source { get; } = source;

    /// <summary>Whether v1 rules hold: the module is v1, or imports rego.v1.</summary>
    public bool IsV1 { get; set; } = isV1;

    public RefTerm Package { get; set; } = null!;

    public List<Import> Imports { get; } = [];

    public List<Rule> Rules { get; } = [];

    public List<Comment> Comments { get; set; } = [];

    public List<Annotations> Annotations { get; set; } = [];
}

internal sealed record Comment(Location Location, string Text);

internal sealed class Import(Location location, RefTerm path, string? alias)
{
    public Location Location { get; } = location;

    public RefTerm Path { get; } = path;

    public string? Alias { get; } = alias;

    /// <summary>The name that the import brings in.</summary>
    public string Name => Alias ?? (Path.Parts[^1] is VarTerm head ? head.Name : ((Values.RegoString)((ScalarTerm)Path.Parts[^1]).Value).Text);
}

/// <summary>One definition of a rule.</summary>
internal sealed class Rule(Location location)
{
    public Location Location { get; set; } = location;

    public Head Head { get; set; } = null!;

    public List<Expr> Body { get; set; } = [];

    public bool IsDefault { get; set; }

    public bool HasIf { get; set; }

    public bool HasContains { get; set; }

    /// <summary>The body was not written and is "true".</summary>
    public bool GeneratedBody { get; set; }

    /// <summary>Where the braces of the body open, or -1 where it has none.</summary>
    public int BodyStart { get; set; } = -1;

    /// <summary>The offset behind the definition, without the parts that "else" adds.</summary>
    public int End { get; set; }

    public Rule? Else { get; set; }

    public Module Module { get; set; } = null!;

    /// <summary>Position of the rule in its module, for order.</summary>
    public int Index { get; set; }

    /// <summary>The METADATA blocks before this definition.</summary>
    public List<Annotations> AllAnnotations { get; } = [];
}

internal enum RuleKind
{
    Single,
    Multi,
}

/// <summary>A rule's head: what it defines.</summary>
internal sealed class Head(Location location, RefTerm reference)
{
    public Location Location { get; set; } = location;

    /// <summary>The reference as written, relative to the package.</summary>
    public RefTerm Ref { get; set; } = reference;

    /// <summary>The arguments of a function; null for other rules.</summary>
    public List<Term>? Arguments { get; set; }

    /// <summary>The member that a partial set's rule adds.</summary>
    public Term? Key { get; set; }

    public Term? Value { get; set; }

    public bool Assign { get; set; }

    /// <summary>A value that was not written and is true.</summary>
    public bool GeneratedValue { get; set; }

    public RuleKind Kind => Key is not null && Value is null ? RuleKind.Multi : RuleKind.Single;
}
