using Cove.Rego.Values;

namespace Cove.Rego.Syntax;

/// <summary>A term of the language as it was written; the compiler rewrites terms in place.</summary>
internal abstract class Term(Location location)
{
    public Location Location { get; set; } = location;

    /// <summary>True for scalars and for composites of nothing else: no pass has anything to do inside. Once true it stays so.</summary>
    public virtual bool IsConstant => false;
}

internal sealed class ScalarTerm(Location location, RegoValue value) : Term(location)
{
    public override bool IsConstant => true;

    public RegoValue Value { get; } = value;
}

internal sealed class VarTerm(Location location, string name) : Term(location)
{
    public string Name { get; set; } = name;

    /// <summary>A name that the user did not write: a wildcard or a compiler's local.</summary>
    public bool IsGenerated => Name.StartsWith('$') || Name.StartsWith('%');

    public bool IsWildcard => Name.StartsWith('$');
}

/// <summary>A reference: a head and the steps into it.</summary>
internal sealed class RefTerm(Location location, List<Term> parts) : Term(location)
{
    private string? _dotted;
    private Term? _namedHead;

    public List<Term> Parts { get; } = parts;

    public Term Head => Parts[0];

    /// <summary>The name of the head when that is a variable.</summary>
    public string? HeadName => (Parts[0] as VarTerm)?.Name;

    public bool IsGround => Parts.Skip(1).All(TermWalker.IsGround);

    /// <summary>The dotted name when every part is a name, as the name of a function is.</summary>
    public string? DottedName()
    {
        if (HeadName is not { } name) return null;
        if (Parts.Count == 1) return name;
        if (!ReferenceEquals(_namedHead, Parts[0])) (_dotted, _namedHead) = (JoinNames(name), Parts[0]);
        return _dotted;
    }

    private string? JoinNames(string name)
    {
        var names = new List<string> { name };
        for (var i = 1; i < Parts.Count; i++)
        {
            if (Parts[i] is not ScalarTerm { Value: RegoString text }) return null;
            names.Add(text.Text);
        }

        return string.Join('.', names);
    }

    public RefTerm Prefix(int count) => new(Location, Parts.GetRange(0, count));
}

/// <summary>A call in term position; infix operators are calls too.</summary>
internal sealed class CallTerm(Location location, RefTerm function, List<Term> arguments) : Term(location)
{
    public RefTerm Function { get; set; } = function;

    public List<Term> Arguments { get; } = arguments;
}

internal sealed class ArrayTerm(Location location, List<Term> items) : Term(location)
{
    private bool? _isConstant;

    public override bool IsConstant => _isConstant ??= Items.TrueForAll(static i => i.IsConstant);

    public List<Term> Items { get; } = items;
}

internal sealed class SetTerm(Location location, List<Term> items) : Term(location)
{
    private bool? _isConstant;

    public override bool IsConstant => _isConstant ??= Items.TrueForAll(static i => i.IsConstant);

    public List<Term> Items { get; } = items;
}

internal sealed class ObjectTerm(Location location, List<(Term Key, Term Value)> entries) : Term(location)
{
    private bool? _isConstant;

    public override bool IsConstant => _isConstant ??= Entries.TrueForAll(static e => e.Key.IsConstant && e.Value.IsConstant);

    public List<(Term Key, Term Value)> Entries { get; } = entries;
}

internal enum ComprehensionKind
{
    Array,
    Set,
    Object,
}

internal sealed class ComprehensionTerm(Location location, ComprehensionKind kind, Term? key, Term value, List<Expr> body) : Term(location)
{
    public ComprehensionKind Kind { get; } = kind;

    public Term? Key { get; set; } = key;

    public Term Value { get; set; } = value;

    public List<Expr> Body { get; set; } = body;
}

/// <summary>A builtin's name where a function is meant, as the value of a "with".</summary>
internal sealed class FunctionTerm(Location location, string name) : Term(location)
{
    public string Name { get; } = name;
}

/// <summary>A template string: text (a scalar term's expression) and expressions in turn.</summary>
internal sealed class TemplateTerm(Location location, List<TemplatePart> parts) : Term(location)
{
    public List<TemplatePart> Parts { get; } = parts;
}

internal sealed record TemplatePart(string? Text, Expr? Expr, Location Location);
