namespace Cove.Rego.Syntax;

internal enum ExprKind
{
    Term,
    Call,
    Some,
    Every,
    Logical,
    NotBody,
}

/// <summary>One expression of a body.</summary>
internal sealed class Expr(Location location, ExprKind kind)
{
    public Location Location { get; set; } = location;

    public ExprKind Kind { get; set; } = kind;

    /// <summary>The term of <see cref="ExprKind.Term"/>.</summary>
    public Term? Term { get; set; }

    /// <summary>The function of <see cref="ExprKind.Call"/>.</summary>
    public RefTerm? Function { get; set; }

    /// <summary>The arguments of a call; the declared names of a "some"; the member call of a "some … in".</summary>
    public List<Term> Arguments { get; set; } = [];

    public bool Negated { get; set; }

    public List<WithModifier> With { get; set; } = [];

    public EveryClause? Every { get; set; }

    /// <summary>The operands of "and"/"or".</summary>
    public LogicalClause? Logical { get; set; }

    /// <summary>The body of "not { … }".</summary>
    public List<Expr>? Body { get; set; }

    /// <summary>Made by the compiler, not written.</summary>
    public bool Generated { get; set; }

    /// <summary>The source position among the expressions of its body, for errors.</summary>
    public string? Operator => Kind == ExprKind.Call ? Function!.DottedName() : null;

    public bool IsEquality => Kind == ExprKind.Call && Function is { Parts: [VarTerm { Name: "eq" }] } && Arguments.Count == 2;

    public bool IsAssignment => Kind == ExprKind.Call && Function is { Parts: [VarTerm { Name: "assign" }] } && Arguments.Count == 2;

    public static Expr OfTerm(Term term) => term is CallTerm call
        ? new Expr(term.Location, ExprKind.Call) { Function = call.Function, Arguments = call.Arguments }
        : new Expr(term.Location, ExprKind.Term) { Term = term };

    public static Expr Call(Location location, string function, params Term[] arguments) => new(location, ExprKind.Call)
    {
        Function = Names.Function(location, function),
        Arguments = [.. arguments],
        Generated = true,
    };
}

internal sealed class WithModifier(Location location, Term target, Term value)
{
    public Location Location { get; } = location;

    public Term Target { get; set; } = target;

    public Term Value { get; set; } = value;
}

internal sealed class EveryClause(Term? key, Term value, Term domain, List<Expr> body)
{
    public Term? Key { get; set; } = key;

    public Term Value { get; set; } = value;

    public Term Domain { get; set; } = domain;

    public List<Expr> Body { get; set; } = body;
}

internal sealed class LogicalClause(bool isOr, List<Expr> left, List<Expr> right, bool explicitLeft, bool explicitRight)
{
    public bool IsOr { get; } = isOr;

    public List<Expr> Left { get; set; } = left;

    public List<Expr> Right { get; set; } = right;

    /// <summary>Whether an operand was written in braces or as a group, and so is a scope of its own.</summary>
    public bool ExplicitLeft { get; } = explicitLeft;

    public bool ExplicitRight { get; } = explicitRight;
}
