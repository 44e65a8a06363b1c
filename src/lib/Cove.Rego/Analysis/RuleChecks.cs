using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego.Analysis;

/// <summary>The checks on rules as a whole: conflicts, functions, recursion, deprecated builtins.</summary>
internal sealed class RuleChecks(CompilerState state)
{
    public void CheckImports(Module module)
    {
        if (!module.IsV1 && !state.Options.Strict) return;
        var seen = new Dictionary<string, Import>();
        foreach (var import in module.Imports)
        {
            if (import.Path.HeadName == "future") continue;
            if (seen.TryAdd(import.Name, import)) continue;
            state.Report(RegoError.CompileCode, import.Location, $"import must not shadow {NameResolver.ImportText(seen[import.Name])}");
        }
    }

    public void CheckShadowing(Module module)
    {
        if (!module.IsV1 && !state.Options.Strict) return;
        foreach (var rule in module.Rules)
            if (rule.Head.Ref.HeadName is { } name && Names.IsRoot(name))
                state.Report(RegoError.CompileCode, rule.Location, $"rules must not shadow {name} (use a different rule name)");
    }

    public void CheckConflicts()
    {
        foreach (var node in state.Tree.Nodes)
        {
            if (node is { HasRules: true, Linked: null }) CheckNode(node);
        }

        foreach (var module in state.Modules)
        {
            var package = state.Tree.AddPackage(module.Package);
            foreach (var rule in package.Rules.Take(1))
                state.Report(RegoError.TypeCode, new Location(rule.Module.Source, 0, 1, 1),
                    $"package {PackageText(module)} conflicts with rule {TermText.Of(rule.Head.Ref)} defined at {rule.Location.File}:{rule.Location.Row}");
        }
    }

    /// <summary>A reference with the names that were written.</summary>
    private RefTerm Written(RefTerm reference) =>
        new(reference.Location, reference.Parts.ConvertAll(p => p is VarTerm v ? new VarTerm(v.Location, state.NameOf(v.Name)) : p));

    private static string PackageText(Module module) => TermText.Of(new RefTerm(Location.None,
        [new VarTerm(Location.None, ((RegoString)((ScalarTerm)module.Package.Parts[1]).Value).Text), .. module.Package.Parts.Skip(2)]));

    private void CheckNode(RuleNode node)
    {
        var rules = node.Rules;
        var first = rules[0];
        var isGround = rules.Exists(static r => r.Head.Ref.IsGround);
        var conflict = false;
        foreach (var rule in rules)
        {
            conflict |= rule.Head.Kind != first.Head.Kind && (rule.Head.Ref.IsGround || first.Head.Ref.IsGround);
            conflict |= rule.Head.Arguments?.Count != first.Head.Arguments?.Count;
            conflict |= rule.Head.Ref.IsGround != first.Head.Ref.IsGround;
        }

        if (conflict)
        {
            var shown = rules.Find(r => !r.Head.Ref.IsGround) ?? first;
            var path = shown.Head.Ref.IsGround ? node.PathText() : TermText.Of(Written(new RefTerm(Location.None, RuleTree.FullPath(shown))));
            state.Report(RegoError.TypeCode, first.Location, $"conflicting rules {path} found");
        }

        var defaults = rules.FindAll(static r => r.IsDefault);
        if (defaults.Count > 1)
        {
            var places = string.Join(", ", defaults.Select(static r => $"{r.Location.File}:{r.Location.Row}"));
            state.Report(RegoError.TypeCode, defaults[0].Module.Package.Location, $"multiple default rules {node.PathText()} found at {places}");
        }

        if (conflict || node.Children.Count == 0) return;
        var below = node.Descendants().SelectMany(static d => d.Rules).ToList();
        if (!isGround) below = below.FindAll(static r => r.Head.Arguments is not null);
        if (below.Count == 0) return;
        var lines = below.Select(r => $"  rule {TermText.Of(new RefTerm(Location.None, RuleTree.FullPath(r)))} at {r.Location.File}:{r.Location.Row}")
            .Distinct().Order(StringComparer.Ordinal);
        var name = TermText.Of(new RefTerm(Location.None, RuleTree.FullPath(first)));
        state.Report(RegoError.TypeCode, first.Location, $"rule {name} conflicts with:\n{string.Join('\n', lines)}");
    }

    /// <summary>Arguments of a function's definition are patterns: no calls in them.</summary>
    public void CheckHead(Rule rule)
    {
        foreach (var argument in rule.Head.Arguments ?? [])
        {
            TermWalker.Visit(argument, term =>
            {
                if (term is CallTerm call && call.Function.DottedName() != "internal.template_string")
                    state.Report(RegoError.CompileCode, argument.Location, "rule arguments cannot contain calls");
                return true;
            });
        }
    }

    /// <summary>Calls of functions that do not exist or take another number of arguments, and functions used without a call.</summary>
    public void CheckFunctions(Expr expr)
    {
        if (expr.Kind == ExprKind.Call) CheckCall(expr);
        bool Look(Term term)
        {
            if (term is ComprehensionTerm comprehension)
            {
                foreach (var inner in comprehension.Body) CheckFunctions(inner);
                return false;
            }

            if (state.Stage == RegoErrorStage.Compile && term is RefTerm reference && state.Tree.Find(reference, out var taken) is { IsFunction: true } node && taken <= reference.Parts.Count)
                state.Report(RegoError.TypeCode, expr.Location, $"function {node.PathText()} used as reference, not called");
            return true;
        }

        if (expr.Term is not null) TermWalker.Visit(expr.Term, Look);
        foreach (var argument in expr.Arguments) TermWalker.Visit(argument, Look);
        if (expr.Every is { } every)
        {
            TermWalker.Visit(every.Domain, Look);
            every.Body.ForEach(CheckFunctions);
        }

        expr.Body?.ForEach(CheckFunctions);
        expr.Logical?.Left.ForEach(CheckFunctions);
        expr.Logical?.Right.ForEach(CheckFunctions);
    }

    private void CheckCall(Expr expr)
    {
        var function = expr.Function!;
        var given = expr.Arguments.Count;
        if (state.Tree.FindExact(function) is { HasRules: true } node)
        {
            var arity = Math.Max(node.Arity, 0);
            var actual = expr is { Generated: true } ? given - 1 : given;
            if (node.Arity < 0 || (given != arity && (given != arity + 1)) || (expr.Generated && actual != arity))
                state.Report(RegoError.TypeCode, expr.Location, $"function {node.PathText()} has arity {arity}, got {actual} argument{(actual == 1 ? "" : "s")}");
            return;
        }

        var name = function.DottedName();
        if (state.FindBuiltin(name) is { } builtin)
        {
            if (builtin.Type.Variadic || builtin.Name.StartsWith("internal.", StringComparison.Ordinal) || (expr.Generated && name == "eq")) return;
            if (given - (expr.Generated ? 1 : 0) < builtin.Arity || given > builtin.Arity + 1) state.Report(RegoError.TypeCode, expr.Location, $"{name}: arity mismatch");
        }
        else state.Report(RegoError.TypeCode, expr.Location, $"undefined function {WrittenFunction(function)}");
    }

    private string WrittenFunction(RefTerm function) => TermText.Of(new RefTerm(Location.None,
        [function.Parts[0] is VarTerm variable ? new VarTerm(Location.None, state.NameOf(variable.Name)) : function.Parts[0], .. function.Parts.Skip(1)]));

    public void CheckDeprecated(Expr expr, bool isV1)
    {
        if (!isV1 && !state.Options.Strict) return;
        if (expr.Kind == ExprKind.Call && state.FindBuiltin(expr.Operator) is { IsDeprecated: true } builtin)
            state.Report(RegoError.TypeCode, expr.Location, $"deprecated built-in function calls in expression: {builtin.Name}");
        bool Look(Term term)
        {
            if (term is not ComprehensionTerm comprehension) return true;
            foreach (var inner in comprehension.Body) CheckDeprecated(inner, isV1);
            return false;
        }

        if (expr.Term is not null) TermWalker.Visit(expr.Term, Look);
        foreach (var argument in expr.Arguments) TermWalker.Visit(argument, Look);
        foreach (var body in (List<Expr>?[])[expr.Every?.Body, expr.Body, expr.Logical?.Left, expr.Logical?.Right])
            body?.ForEach(e => CheckDeprecated(e, isV1));
    }
}
