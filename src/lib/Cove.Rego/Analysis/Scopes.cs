using Cove.Rego.Syntax;

namespace Cove.Rego.Analysis;

internal enum Occurrence
{
    Seen,
    Argument,
    Declared,
    Assigned,
}

/// <summary>The nested scopes of local variables while names are resolved.</summary>
internal sealed class Scopes
{
    private readonly List<Scope> _stack = [];

    public Scope Top => _stack[^1];

    public Scope Push(HashSet<string> declaredHere)
    {
        var scope = new Scope(declaredHere);
        _stack.Add(scope);
        return scope;
    }

    public void Pop() => _stack.RemoveAt(_stack.Count - 1);

    /// <summary>The compiler's name of a local that is declared by now.</summary>
    public string? Find(string name)
    {
        for (var i = _stack.Count - 1; i >= 0; i--)
            if (_stack[i].Names.TryGetValue(name, out var local)) return local;
        return null;
    }

    /// <summary>True in a function's own body for the name of one of its arguments.</summary>
    public bool IsArgument(string name) => _stack.Count == 2 && _stack[0].Occurrences.GetValueOrDefault(name) == Occurrence.Argument && _stack[0].Names.ContainsKey(name);

    /// <summary>True when a scope declares the name somewhere, so that it cannot mean a rule or an import.</summary>
    public bool DeclaredAnywhere(string name) => _stack.Exists(s => s.DeclaredHere.Contains(name));

    internal sealed class Scope(HashSet<string> declaredHere)
    {
        public HashSet<string> DeclaredHere { get; } = declaredHere;

        public Dictionary<string, string> Names { get; } = [];

        public Dictionary<string, Occurrence> Occurrences { get; } = [];

        public Dictionary<string, Location> Places { get; } = [];

        /// <summary>Whether a name was declared by "some".</summary>
        public bool HasDeclared { get; set; }
    }

    /// <summary>The names that a body declares in its own scope.</summary>
    public static HashSet<string> DeclaredBy(List<Expr> body)
    {
        var names = new HashSet<string>();
        foreach (var expr in body)
        {
            if (expr.IsAssignment) Targets(expr.Arguments[0], names);
            else if (expr.Kind == ExprKind.Some) SomeTargets(expr, names);
        }

        return names;
    }

    public static void Targets(Term term, HashSet<string> names)
    {
        switch (term)
        {
            case VarTerm { IsWildcard: false } variable:
                names.Add(variable.Name);
                break;
            case ArrayTerm array:
                foreach (var item in array.Items) Targets(item, names);
                break;
            case ObjectTerm obj:
                foreach (var (_, value) in obj.Entries) Targets(value, names);
                break;
        }
    }

    public static void SomeTargets(Expr some, HashSet<string> names)
    {
        if (some.Arguments is [CallTerm member])
        {
            var container = TermWalker.AllVars(member.Arguments[^1]);
            foreach (var pattern in member.Arguments.Take(member.Arguments.Count - 1))
                foreach (var name in PatternVars(pattern))
                    if (!container.Contains(name)) names.Add(name);
            return;
        }

        foreach (var term in some.Arguments)
            if (term is VarTerm variable) names.Add(variable.Name);
    }

    /// <summary>The variables that a "some … in" pattern can bind: not those of references' heads or calls.</summary>
    public static HashSet<string> PatternVars(Term pattern)
    {
        var names = new HashSet<string>();
        TermWalker.Visit(pattern, term =>
        {
            if (term is VarTerm { IsWildcard: false } variable) names.Add(variable.Name);
            return term is not (RefTerm or CallTerm or ComprehensionTerm or TemplateTerm);
        });
        return names;
    }
}
