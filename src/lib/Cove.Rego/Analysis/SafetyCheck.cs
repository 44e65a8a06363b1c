using Cove.Rego.Syntax;

namespace Cove.Rego.Analysis;

/// <summary>Orders the expressions of bodies so that every variable is bound before it is needed, and reports those that never are.</summary>
internal sealed class SafetyCheck(CompilerState state)
{
    private static readonly HashSet<string> Roots = [Names.Input, Names.Data];

    // Of expressions without closures; nothing is ever added to it.
    private static readonly HashSet<string> None = [];

    public void CheckHead(Rule rule)
    {
        var head = rule.Head;
        var bound = new HashSet<string>(Roots);
        if (head.Arguments is { } arguments)
        {
            foreach (var argument in arguments) CheckArgument(argument, bound);
        }

        foreach (var expr in rule.Body) VarCollector.Vars(expr, bound);
        List<Term?> terms = [.. head.Ref.Parts.Skip(1), head.Key, head.Value];
        foreach (var term in terms)
        {
            if (term is null) continue;
            foreach (var name in VarCollector.Of(term))
                if (!bound.Contains(name)) state.Report(RegoError.UnsafeVarCode, PlaceOf(term, name), $"var {state.NameOf(name)} is unsafe");
        }
    }

    private static Location PlaceOf(Term term, string name)
    {
        Location? place = null;
        TermWalker.Visit(term, t =>
        {
            if (t is VarTerm variable && variable.Name == name) place ??= variable.Location;
            return true;
        });
        return place ?? term.Location;
    }

    private void CheckArgument(Term argument, HashSet<string> bound) => TermWalker.Visit(argument, t =>
    {
        switch (t)
        {
            case VarTerm variable:
                bound.Add(variable.Name);
                return true;
            case RefTerm reference:
                state.Report(RegoError.UnsafeVarCode, reference.Location, $"var {state.NameOf(reference.HeadName ?? "")} is unsafe");
                return false;
            default:
                return true;
        }
    });

    public void CheckBody(Rule rule)
    {
        var globals = new HashSet<string>(Roots);
        if (rule.Head.Arguments is { } arguments)
            foreach (var argument in arguments) VarCollector.Vars(argument, globals);
        rule.Body = Check(rule.Body, globals);
    }

    public List<Expr> Check(List<Expr> body, HashSet<string>? globals = null)
    {
        var unsafeVars = new Unsafe();
        var ordered = Reorder(body, globals ?? Roots, unsafeVars);
        Report(unsafeVars);
        return ordered;
    }

    private void Report(Unsafe found)
    {
        if (found.IsEmpty) return;
        var reported = new HashSet<string>();
        foreach (var (expr, vars) in found.InOrder())
        {
            var written = vars.Where(static v => !v.StartsWith('%')).Concat(vars.Where(state.Written.ContainsKey)).ToList();
            if (written.Count == 0)
            {
                if (vars.Count > 0 && !found.HasWritten(state)) state.Report(RegoError.UnsafeVarCode, expr.Location, "expression is unsafe");
                continue;
            }

            foreach (var name in written.Select(state.NameOf).Distinct().Order(StringComparer.Ordinal))
            {
                if (!reported.Add(name)) continue;
                var hint = name is "in" or "if" or "contains" or "every" ? $" (hint: `import future.keywords.{name}` to import a future keyword)" : "";
                state.Report(RegoError.UnsafeVarCode, expr.Location, $"var {name} is unsafe{hint}");
            }
        }
    }

    private int Arity(RefTerm function)
    {
        if (state.Tree.FindExact(function) is { IsFunction: true } node) return node.Arity;
        return state.FindBuiltin(function.DottedName())?.Arity ?? -1;
    }

    private List<Expr> Reorder(List<Expr> body, HashSet<string> globals, Unsafe found)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        var bodyVars = new HashSet<string>();
        var safe = new HashSet<string>();
        var waiting = new List<Waiting>(body.Count);
        foreach (var expr in body)
        {
            var vars = new HashSet<string>();
            VarCollector.Vars(expr, vars);
            bodyVars.UnionWith(vars);
            foreach (var name in vars)
                if (globals.Contains(name)) safe.Add(name);
            vars.ExceptWith(globals);
            waiting.Add(new Waiting(expr, vars, HasClosure(expr) ? VarCollector.InClosures(expr) : None));
        }

        safe.UnionWith(Roots);
        foreach (var entry in waiting)
        {
            entry.Closed.IntersectWith(bodyVars);
            entry.Closed.ExceptWith(globals);
        }

        var ordered = new List<Expr>(body.Count);
        var placed = new HashSet<string>();
        Place(waiting, ordered, safe, placed);
        foreach (var entry in waiting) found.Add(entry.Expr, entry.Missing.Count > 0 ? entry.Missing : entry.Closed);
        CheckClosures(ordered, globals, found);
        ordered.AddRange(waiting.ConvertAll(static w => w.Expr));
        return ordered;
    }

    private void Place(List<Waiting> waiting, List<Expr> ordered, HashSet<string> safe, HashSet<string> placed)
    {
        bool progress;
        do
        {
            progress = false;
            for (var i = 0; i < waiting.Count; i++)
            {
                var entry = waiting[i];
                if (entry.Closed.Count > 0 && !entry.Closed.IsSubsetOf(placed)) continue;
                var outputs = Outputs.Of(entry.Expr, safe, Arity);
                entry.Missing.RemoveWhere(name => outputs.Contains(name) || safe.Contains(name));
                if (entry.Missing.Count > 0) continue;
                ordered.Add(entry.Expr);
                safe.UnionWith(outputs);
                placed.UnionWith(outputs);
                waiting.RemoveAt(i--);
                progress = true;
            }
        }
        while (progress);
    }

    /// <summary>Orders the bodies inside each expression, with what is visible there.</summary>
    private void CheckClosures(List<Expr> ordered, HashSet<string> globals, Unsafe found)
    {
        HashSet<string>? visible = null;
        for (var i = 0; i < ordered.Count; i++)
        {
            var expr = ordered[i];
            if (HasClosure(expr))
            {
                if (visible is null)
                {
                    visible = new HashSet<string>(globals);
                    for (var j = 0; j < i; j++) VarCollector.Vars(ordered[j], visible);
                }

                CheckClosuresOf(expr, visible, found);
            }

            if (visible is not null) VarCollector.Vars(expr, visible);
        }
    }

    private static bool HasClosure(Expr expr) => expr.Kind is ExprKind.Every or ExprKind.NotBody or ExprKind.Logical || TermWalker.HasComprehension(expr);

    private void CheckClosuresOf(Expr expr, HashSet<string> visible, Unsafe found)
    {
        bool Enter(Term term)
        {
            if (term is not ComprehensionTerm comprehension) return true;
            var bound = new HashSet<string>(visible);
            foreach (var inner in comprehension.Body) VarCollector.Vars(inner, bound);
            var missing = VarCollector.Of(comprehension.Value);
            if (comprehension.Key is not null) missing.UnionWith(VarCollector.Of(comprehension.Key));
            missing.ExceptWith(bound);
            if (missing.Count > 0) found.Add(expr, missing);
            comprehension.Body = Reorder(comprehension.Body, visible, found);
            return false;
        }

        if (expr.Term is not null) TermWalker.Visit(expr.Term, Enter);
        foreach (var argument in expr.Arguments) TermWalker.Visit(argument, Enter);
        foreach (var with in expr.With) TermWalker.Visit(with.Value, Enter);
        if (expr.Every is { } every)
        {
            TermWalker.Visit(every.Domain, Enter);
            var inside = new HashSet<string>(visible);
            if (every.Key is VarTerm key) inside.Add(key.Name);
            if (every.Value is VarTerm value) inside.Add(value.Name);
            every.Body = Reorder(every.Body, inside, found);
        }

        if (expr.Body is not null) expr.Body = Reorder(expr.Body, visible, found);
        if (expr.Logical is not { } logical) return;
        logical.Left = Reorder(logical.Left, visible, found);
        logical.Right = Reorder(logical.Right, visible, found);
    }

    private sealed record Waiting(Expr Expr, HashSet<string> Missing, HashSet<string> Closed);

    private sealed class Unsafe
    {
        private readonly List<(Expr Expr, HashSet<string> Vars)> _found = [];

        public bool IsEmpty => _found.Count == 0;

        public void Add(Expr expr, HashSet<string> vars) => _found.Add((expr, vars));

        public bool HasWritten(CompilerState state) =>
            _found.Exists(f => f.Vars.Any(v => !v.StartsWith('%') || state.Written.ContainsKey(v)));

        public IEnumerable<(Expr Expr, HashSet<string> Vars)> InOrder() => _found.OrderBy(static f => f.Expr.Location.Row).ThenBy(static f => f.Expr.Location.Column);
    }
}
