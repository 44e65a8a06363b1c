using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego.Analysis;

internal sealed partial class NameResolver
{
    /// <summary>Resolves a body in a scope of its own; what the body's closure makes of it (head terms) is resolved before the scope ends.</summary>
    private List<Expr> ResolveBody(List<Expr> body, List<Term> usedOutside, bool isQuery, Action? afterBody = null, Action<Scopes.Scope>? before = null)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        var scope = _scopes.Push(Scopes.DeclaredBy(body));
        before?.Invoke(scope);
        var result = new List<Expr>(body.Count);
        foreach (var expr in body) ResolveExpr(expr, result);
        var at = body.Count > 0 ? body[0].Location : Location.None;
        var headVars = new HashSet<string>();
        foreach (var term in usedOutside) headVars.UnionWith(TermWalker.AllVars(term));
        afterBody?.Invoke();
        if (!isQuery || scope.HasDeclared) CheckUnused(scope, result, at, headVars, isQuery);
        _scopes.Pop();
        return result;
    }

    private void CheckUnused(Scopes.Scope scope, List<Expr> body, Location at, HashSet<string> headVars, bool isQuery)
    {
        Uses? uses = null;
        if (!scope.HasDeclared && (!Strict || isQuery)) return;
        var names = new List<string>(scope.Occurrences.Keys);
        names.Sort(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var how = scope.Occurrences[name];
            if (how is not (Occurrence.Declared or Occurrence.Assigned) || headVars.Contains(name) || !scope.Names.TryGetValue(name, out var local)) continue;
            if (how == Occurrence.Assigned && (!Strict || isQuery)) continue;
            uses ??= CountUses(body);
            var needed = how == Occurrence.Assigned ? 2 : 1;
            if (needed == 2 ? uses.Twice.Contains(local) : uses.Once.Contains(local)) continue;
            var message = how == Occurrence.Declared ? $"declared var {name} unused" : $"assigned var {name} unused";
            state.Report(RegoError.CompileCode, how == Occurrence.Declared ? at : scope.Places[name], message);
        }
    }

    private static Uses CountUses(List<Expr> body)
    {
        var uses = new Uses([], []);
        TermWalker.Visit(body, term =>
        {
            if (term is VarTerm variable && !uses.Once.Add(variable.Name)) uses.Twice.Add(variable.Name);
            return true;
        });
        return uses;
    }

    private sealed record Uses(HashSet<string> Once, HashSet<string> Twice);

    private void ResolveExpr(Expr expr, List<Expr> result)
    {
        ResolveWith(expr);
        switch (expr.Kind)
        {
            case ExprKind.Term:
                expr.Term = Resolve(expr.Term!);
                break;
            case ExprKind.Some:
                ResolveSome(expr, result);
                return;
            case ExprKind.Every:
                ResolveEvery(expr.Every!, expr.Location);
                break;
            case ExprKind.Logical:
                expr.Logical!.Left = ResolveOperand(expr.Logical.Left, expr.Logical.ExplicitLeft);
                expr.Logical.Right = ResolveOperand(expr.Logical.Right, expr.Logical.ExplicitRight);
                break;
            case ExprKind.NotBody:
                expr.Body = ResolveBody(expr.Body!, [], isQuery: false);
                break;
            case ExprKind.Call when expr.IsAssignment:
                ResolveAssignment(expr);
                break;
            case ExprKind.Call when expr.Operator == "print" && IsBuiltin("print"):
                if (!ResolvePrint(expr)) return;
                break;
            default:
                expr.Function = ResolveFunction(expr.Function!);
                ResolveAll(expr.Arguments);
                break;
        }

        result.Add(expr);
    }

    private bool IsBuiltin(string name) => _scopes.Find(name) is null && !_globals.ContainsKey(name);

    /// <summary>A print takes the sets of its arguments' values, so that it never fails; it is left out where prints are off.</summary>
    private bool ResolvePrint(Expr expr)
    {
        var sets = new List<Term>(expr.Arguments.Count);
        foreach (var argument in expr.Arguments)
        {
            foreach (var variable in UndeclaredIn(Expr.OfTerm(argument))) state.Report(RegoError.CompileCode, argument.Location, $"var {variable} is undeclared");
            var value = state.NewLocal(argument.Location);
            sets.Add(new ComprehensionTerm(argument.Location, ComprehensionKind.Set, null, value, [Expr.Call(argument.Location, "eq", value, Resolve(argument))]));
        }

        expr.Function = Names.Function(expr.Location, "internal.print");
        expr.Arguments = [new ArrayTerm(expr.Location, sets)];
        return state.Options.Print;
    }

    private void ResolveWith(Expr expr)
    {
        foreach (var with in expr.With)
        {
            with.Target = ResolveTarget(with.Target);
            var replacesFunction = ((RefTerm)with.Target).HeadName is not (Names.Input or Names.Data)
                || state.Tree.FindExact((RefTerm)with.Target) is { IsFunction: true };
            var named = with.Value switch
            {
                VarTerm variable when _scopes.Find(variable.Name) is null && !_globals.ContainsKey(variable.Name) => variable.Name,
                RefTerm { HeadName: { } head } reference when _scopes.Find(head) is null && !_globals.ContainsKey(head) => reference.DottedName(),
                _ => null,
            };
            with.Value = replacesFunction && state.FindBuiltin(named) is not null ? new FunctionTerm(with.Value.Location, named!) : Resolve(with.Value);
        }
    }

    private List<Expr> ResolveOperand(List<Expr> body, bool isScope)
    {
        if (isScope) return ResolveBody(body, [], isQuery: false);
        var result = new List<Expr>();
        foreach (var expr in body) ResolveExpr(expr, result);
        return result;
    }

    private Term ResolveTarget(Term target)
    {
        if (target is VarTerm variable)
        {
            if (_globals.TryGetValue(variable.Name, out var path)) return At(path, target.Location);
            return new RefTerm(target.Location, [target]);
        }

        var reference = (RefTerm)target;
        return reference.HeadName is { } name && _globals.TryGetValue(name, out var full)
            ? new RefTerm(target.Location, [.. At(full, target.Location).Parts, .. reference.Parts.Skip(1)])
            : reference;
    }

    private void ResolveAssignment(Expr expr)
    {
        if (expr.Negated) state.Report(RegoError.CompileCode, expr.Location, "cannot assign vars inside negated expression");
        expr.Arguments[1] = Resolve(expr.Arguments[1]);
        expr.Arguments[0] = DeclareTargets(expr.Arguments[0], expr.Location);
        expr.Function = Names.Function(expr.Location, "eq");
    }

    private Term DeclareTargets(Term target, Location at)
    {
        switch (target)
        {
            case VarTerm { IsWildcard: true }:
                return target;
            case VarTerm variable:
                DeclareLocal(variable.Name, Occurrence.Assigned, at);
                return new VarTerm(variable.Location, _scopes.Top.Names.GetValueOrDefault(variable.Name, variable.Name));
            case RefTerm { Parts.Count: 1 } root when Names.IsRoot(root.HeadName ?? ""):
                DeclareLocal(root.HeadName!, Occurrence.Assigned, at);
                return new VarTerm(root.Location, _scopes.Top.Names.GetValueOrDefault(root.HeadName!, root.HeadName!));
            case ScalarTerm when !IsTopTarget:
                return target;
            case ArrayTerm array:
                Nested(() =>
                {
                    for (var i = 0; i < array.Items.Count; i++) array.Items[i] = DeclareTargets(array.Items[i], at);
                });
                return array;
            case ObjectTerm obj:
                Nested(() =>
                {
                    for (var i = 0; i < obj.Entries.Count; i++)
                        obj.Entries[i] = (Resolve(obj.Entries[i].Key), DeclareTargets(obj.Entries[i].Value, at));
                });
                return obj;
            default:
                CannotAssign(target, at);
                return Resolve(target);
        }
    }

    private bool IsTopTarget { get; set; } = true;

    private void Nested(Action action)
    {
        var was = IsTopTarget;
        IsTopTarget = false;
        action();
        IsTopTarget = was;
    }

    private void CannotAssign(Term target, Location at) => state.Report(RegoError.CompileCode, at, $"cannot assign to {Parser.KindName(target)}");

    private void ResolveSome(Expr expr, List<Expr> result)
    {
        if (expr.Arguments is not [CallTerm member])
        {
            foreach (var term in expr.Arguments)
                if (term is VarTerm { IsWildcard: false } variable) DeclareLocal(variable.Name, Occurrence.Declared, expr.Location);
            return;
        }

        var container = Resolve(member.Arguments[^1]);
        var names = new HashSet<string>();
        Scopes.SomeTargets(expr, names);
        foreach (var name in names) DeclareLocal(name, Occurrence.Declared, expr.Location);
        var patterns = member.Arguments.Take(member.Arguments.Count - 1).Select(Resolve).ToList();
        // "some k, v in c" means v = c[k]; without a key, any key.
        Term key = patterns.Count == 2 ? patterns[0] : new VarTerm(expr.Location, "$" + state.NewLocal());
        var value = patterns[^1];
        List<Term> parts = container is RefTerm reference ? [.. reference.Parts, key] : [container, key];
        result.Add(new Expr(expr.Location, ExprKind.Call)
        {
            Function = Names.Function(expr.Location, "eq"),
            Arguments = [value, new RefTerm(member.Arguments[^1].Location, parts)],
            With = expr.With,
        });
    }

    private void ResolveEvery(EveryClause every, Location at)
    {
        every.Domain = Resolve(every.Domain);
        var used = new List<Term>();
        every.Body = ResolveBody(every.Body, used, isQuery: false, before: scope =>
        {
            every.Key = DeclareLoopVar(scope, every.Key);
            every.Value = DeclareLoopVar(scope, every.Value)!;
        });
    }

    private Term? DeclareLoopVar(Scopes.Scope scope, Term? term)
    {
        if (term is not VarTerm { IsWildcard: false } variable) return term;
        return new VarTerm(variable.Location, Declare(scope, variable.Name, Occurrence.Declared, variable.Location));
    }

    private void ResolveComprehension(ComprehensionTerm comprehension)
    {
        List<Term> outside = comprehension.Key is null ? [comprehension.Value] : [comprehension.Key, comprehension.Value];
        comprehension.Body = ResolveBody(comprehension.Body, outside, isQuery: false, () =>
        {
            if (comprehension.Key is not null) comprehension.Key = Resolve(comprehension.Key);
            comprehension.Value = Resolve(comprehension.Value);
        });
    }

    /// <summary>A template becomes a call of its back end: text as it is, each expression as the set of its values.</summary>
    private Term ResolveTemplate(TemplateTerm template)
    {
        var parts = new List<Term>();
        foreach (var part in template.Parts)
        {
            if (part.Expr is not { } expr)
            {
                parts.Add(Names.Text(part.Location, part.Text!));
                continue;
            }

            if (expr is { Kind: ExprKind.Term, Term: ScalarTerm constant, With.Count: 0 })
            {
                parts.Add(constant);
                continue;
            }

            parts.Add(TemplateValue(expr, part.Location));
        }

        return new CallTerm(template.Location, Names.Function(template.Location, "internal.template_string"), [new ArrayTerm(template.Location, parts)]);
    }

    private ComprehensionTerm TemplateValue(Expr expr, Location at)
    {
        foreach (var variable in UndeclaredIn(expr)) state.Report(RegoError.CompileCode, at, $"var {variable} is undeclared");
        var value = state.NewLocal(at);
        Term term = expr.Kind == ExprKind.Call ? new CallTerm(expr.Location, expr.Function!, expr.Arguments) : expr.Term!;
        if (term is CallTerm { Function: var function } && state.FindBuiltin(function.DottedName()) is { IsRelation: true })
            state.Report(RegoError.CompileCode, Location.None, $"illegal call to relation built-in '{function.DottedName()}' that may cause multiple outputs");
        var bind = Expr.Call(at, "eq", value, Resolve(term));
        ResolveWith(expr);

        bind.With = expr.With;
        return new ComprehensionTerm(at, ComprehensionKind.Set, null, value, [bind]);
    }

    /// <summary>The variables of a template's or print's expression that nothing has declared and no closure in it binds.</summary>
    private SortedSet<string> UndeclaredIn(Expr expr)
    {
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        bool Look(Term term)
        {
            if (term is CallTerm call)
            {
                foreach (var argument in call.Arguments) TermWalker.Visit(argument, Look);
                return false;
            }

            if (term is VarTerm variable && IsUndeclared(variable.Name)) missing.Add(variable.IsWildcard ? "_" : variable.Name);
            return term is not (ComprehensionTerm or TemplateTerm);
        }

        if (expr.Kind == ExprKind.Call)
            foreach (var argument in expr.Arguments) TermWalker.Visit(argument, Look);
        else TermWalker.Visit(expr, Look);
        return missing;
    }

    private bool IsUndeclared(string name) => name.StartsWith('$')
        || (_scopes.Find(name) is null && !_globals.ContainsKey(name) && !Names.IsRoot(name) && !_scopes.DeclaredAnywhere(name)
            && !_scopes.Top.Occurrences.ContainsKey(name));
}
