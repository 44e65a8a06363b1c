using Cove.Rego.Syntax;

namespace Cove.Rego.Analysis;

/// <summary>Which variables an expression can bind once a set of variables is bound (rego.md §2.3, safety).</summary>
internal static class Outputs
{
    public static HashSet<string> Of(Expr expr, HashSet<string> safe, Func<RefTerm, int> arity)
    {
        var output = new HashSet<string>();
        if (expr.Negated || expr.Kind is ExprKind.NotBody or ExprKind.Logical) return output;
        foreach (var with in expr.With)
            if (!VarCollector.Of(with.Value).IsSubsetOf(safe)) return output;
        switch (expr.Kind)
        {
            case ExprKind.Term:
                FromRefs(expr.Term!, safe, output);
                break;
            case ExprKind.Every:
                FromRefs(expr.Every!.Domain, safe, output);
                break;
            case ExprKind.Call when expr.IsEquality:
                FromRefs(expr, safe, output);
                Unifier.Bind(safe, output, expr.Arguments[0], expr.Arguments[1]);
                output.ExceptWith(safe);
                break;
            case ExprKind.Call:
                FromCall(expr, safe, arity(expr.Function!), output);
                break;
        }

        return output;
    }

    private static void FromCall(Expr expr, HashSet<string> safe, int arity, HashSet<string> output)
    {
        if (arity < 0) return;
        FromRefs(expr, safe, output);
        if (arity >= expr.Arguments.Count) return;
        var inputs = new HashSet<string>();
        foreach (var argument in expr.Arguments.Take(arity)) InputVars(argument, inputs);
        inputs.ExceptWith(output);
        if (!inputs.IsSubsetOf(safe))
        {
            output.Clear();
            return;
        }

        foreach (var result in expr.Arguments.Skip(arity)) VarCollector.PatternVars(result, output);
    }

    private static void InputVars(Term term, HashSet<string> into) => TermWalker.Visit(term, t =>
    {
        if (t is VarTerm variable) into.Add(variable.Name);
        return t is not ComprehensionTerm;
    });

    private static void FromRefs(Expr expr, HashSet<string> safe, HashSet<string> output)
    {
        foreach (var argument in expr.Arguments) FromRefs(argument, safe, output);
    }

    /// <summary>References whose head is bound bind the variables among their steps.</summary>
    private static void FromRefs(Term term, HashSet<string> safe, HashSet<string> output) => TermWalker.Visit(term, t =>
    {
        if (t is ComprehensionTerm) return false;
        if (t is not RefTerm reference) return true;
        if (!IsHeadSafe(reference, safe)) return false;
        foreach (var part in reference.Parts.Skip(1)) VarCollector.PatternVars(part, output);
        return true;
    });

    private static bool IsHeadSafe(RefTerm reference, HashSet<string> safe) => reference.Parts[0] is VarTerm variable
        ? safe.Contains(variable.Name)
        : VarCollector.Of(reference.Parts[0]).IsSubsetOf(safe);
}

/// <summary>What a unification binds, by going round until nothing changes.</summary>
internal sealed class Unifier
{
    private readonly HashSet<string> _safe;
    private readonly HashSet<string> _bound;
    private Dictionary<string, HashSet<string>>? _linked;

    private Unifier(HashSet<string> safe, HashSet<string> bound) => (_safe, _bound) = (safe, bound);

    /// <summary>Adds to what is bound already.</summary>
    public static void Bind(HashSet<string> safe, HashSet<string> bound, Term a, Term b) => new Unifier(safe, bound).Unify(a, b);

    private bool IsSafe(string name) => _safe.Contains(name) || _bound.Contains(name);

    private void Mark(string name)
    {
        if (_safe.Contains(name) || !_bound.Add(name)) return;
        if (_linked is null || !_linked.Remove(name, out var others)) return;
        foreach (var other in others) Mark(other);
    }

    private void MarkAll(Term term)
    {
        var vars = new HashSet<string>();
        VarCollector.PatternVars(term, vars);
        foreach (var name in vars) Mark(name);
    }

    private void Link(string a, string b)
    {
        _linked ??= [];
        if (!_linked.TryGetValue(a, out var others)) _linked[a] = others = [];
        others.Add(b);
    }

    private void Unify(Term a, Term b)
    {
        if (a is VarTerm or not (RefTerm or ArrayTerm or ObjectTerm)) UnifyVarOrValue(a, b);
        else if (b is VarTerm) UnifyVarOrValue(b, a);
        else if (a is RefTerm ra)
        {
            if (b is not RefTerm && IsHeadSafe(ra)) MarkAll(b);
        }
        else if (b is RefTerm rb)
        {
            if (IsHeadSafe(rb)) MarkAll(a);
        }
        else if (a is ComprehensionTerm || b is ComprehensionTerm) MarkAll(a is ComprehensionTerm ? b : a);
        else if (a is ArrayTerm aa && b is ArrayTerm ab && aa.Items.Count == ab.Items.Count)
        {
            for (var i = 0; i < aa.Items.Count; i++) Unify(aa.Items[i], ab.Items[i]);
        }
        else if (a is ObjectTerm oa && b is ObjectTerm ob)
        {
            foreach (var (key, value) in oa.Entries)
                foreach (var (otherKey, other) in ob.Entries)
                    if (SameKey(key, otherKey)) Unify(value, other);
        }
    }

    public static bool SameKey(Term a, Term b) =>
        (a is ScalarTerm x && b is ScalarTerm y && x.Value == y.Value) || (a is VarTerm v && b is VarTerm w && v.Name == w.Name);

    private bool IsHeadSafe(RefTerm reference) => reference.Parts[0] is VarTerm variable ? IsSafe(variable.Name) : VarCollector.Of(reference.Parts[0]).All(IsSafe);

    private void UnifyVarOrValue(Term a, Term b)
    {
        if (a is not VarTerm variable)
        {
            if (b is VarTerm other) Mark(other.Name);
            else if (a is ComprehensionTerm) MarkAll(b);
            return;
        }

        switch (b)
        {
            case VarTerm other:
                if (IsSafe(other.Name)) Mark(variable.Name);
                else if (IsSafe(variable.Name)) Mark(other.Name);
                else
                {
                    Link(variable.Name, other.Name);
                    Link(other.Name, variable.Name);
                }

                break;
            case ArrayTerm or ObjectTerm:
                UnifyAll(variable, b);
                break;
            case RefTerm reference:
                if (IsHeadSafe(reference)) Mark(variable.Name);
                break;
            case SetTerm:
                if (VarCollector.Of(b).All(IsSafe)) Mark(variable.Name);
                break;
            default:
                Mark(variable.Name);
                break;
        }
    }

    private void UnifyAll(VarTerm variable, Term composite)
    {
        if (IsSafe(variable.Name))
        {
            MarkAll(composite);
            return;
        }

        var missing = VarCollector.Of(composite);
        missing.RemoveWhere(IsSafe);
        if (missing.Count == 0) Mark(variable.Name);
    }
}
