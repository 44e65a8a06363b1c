using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego.Analysis;

/// <summary>
/// Resolves names: imports and rules become full references, locals get names of their own, "some" and "some … in" disappear into what they mean
/// (rego.md §2.3, local variables).
/// </summary>
internal sealed partial class NameResolver(CompilerState state, Module? module)
{
    private Dictionary<string, RefTerm> _globals = [];
    private readonly HashSet<string> _usedImports = [];
    private readonly Scopes _scopes = new();
    private readonly List<(VarTerm Argument, TemplateTerm Template)> _templateArguments = [];
    private bool _redeclared;
    private Rule? _rule;

    private bool Strict => state.Options.Strict;

    public void ResolveModule()
    {
        CollectGlobals();
        foreach (var rule in module!.Rules)
            for (var part = rule; part is not null; part = part.Else) ResolveRule(part);
        if (!Strict) return;
        foreach (var import in module.Imports)
            if (import.Path.HeadName is Names.Data or Names.Input && import.Path.Parts.Count > 1 && !_usedImports.Contains(import.Name))
                state.Report(RegoError.CompileCode, import.Location, $"{ImportText(import)} unused");
    }

    /// <summary>Resolves a query; its top-level variables keep their names.</summary>
    public List<Expr> ResolveQuery(List<Expr> query, Dictionary<string, RefTerm> globals)
    {
        foreach (var (name, path) in globals) _globals[name] = path;
        return ResolveBody(query, [], isQuery: true);
    }

    public static string ImportText(Import import) => $"import {TermText.Of(import.Path)}{(import.Alias is null ? "" : " as " + import.Alias)}";

    private void CollectGlobals()
    {
        var rules = state.RulesOf(module!.Package);
        var imports = module.Imports.Where(static import => import.Path.HeadName is Names.Data or Names.Input).ToList();
        _globals = imports.Count == 0 ? rules : new(rules, StringComparer.Ordinal);
        foreach (var import in imports) _globals[import.Name] = import.Path;
    }

    /// <summary>A call of rego.metadata in a rule is a constant.</summary>
    private ScalarTerm? Metadata(CallTerm call)
    {
        if (_rule is null || _globals.ContainsKey("rego")) return null;
        return call.Function.DottedName() switch
        {
            "rego.metadata.rule" => new ScalarTerm(call.Location, MetadataChain.OfRule(_rule)),
            "rego.metadata.chain" => new ScalarTerm(call.Location, new MetadataChain(state).Of(_rule)),
            _ => null,
        };
    }

    private void ResolveRule(Rule rule)
    {
        _rule = rule;
        var head = rule.Head;
        _redeclared = false;
        var args = new HashSet<string>();
        var scope = _scopes.Push(args);
        if (head.Arguments is { } arguments) DeclareArguments(rule, head, arguments, args, scope);
        head.Ref = new RefTerm(head.Ref.Location, [head.Ref.Parts[0], .. head.Ref.Parts.Skip(1)]);
        var made = new List<Expr>();
        rule.Body = ResolveBody(rule.Body, HeadTerms(head), isQuery: false, afterBody: () =>
        {
            foreach (var (argument, template) in _templateArguments) made.Add(Expr.Call(template.Location, "eq", argument, Resolve(template)));
            _templateArguments.Clear();
            for (var i = 1; i < head.Ref.Parts.Count; i++) head.Ref.Parts[i] = Resolve(head.Ref.Parts[i]);
            if (head.Key is not null) head.Key = Resolve(head.Key);
            if (head.Value is not null) head.Value = Resolve(head.Value);
        });
        rule.Body.AddRange(made);
        if (Strict && head.Arguments is not null && !_redeclared) CheckUnusedArguments(rule, scope);
        _scopes.Pop();
    }

    private static List<Term> HeadTerms(Head head)
    {
        List<Term> terms = [.. head.Ref.Parts.Skip(1)];
        if (head.Key is not null) terms.Add(head.Key);
        if (head.Value is not null) terms.Add(head.Value);
        return terms;
    }

    private void DeclareArguments(Rule rule, Head head, List<Term> arguments, HashSet<string> args, Scopes.Scope scope)
    {
        var local = new List<Term>(arguments.Count);
        foreach (var argument in arguments)
        {
            if (argument is TemplateTerm template)
            {
                // The body makes the text from what it binds, and the argument must be that.
                var made = state.NewLocal(argument.Location);
                _templateArguments.Add((made, template));
                local.Add(made);
                continue;
            }

            foreach (var name in TermWalker.AllVars(argument))
            {
                if (Names.IsRoot(name) && argument is RefTerm { Parts.Count: 1 } or VarTerm && Names.IsRoot(name))
                {
                    if (module!.IsV1 || Strict) state.Report(RegoError.CompileCode, rule.Location, $"args must not shadow {name} (use a different variable name)");
                    continue;
                }

                if (name.StartsWith('$') || Names.IsRoot(name) || scope.Names.ContainsKey(name)) continue;
                args.Add(name);
                Declare(scope, name, Occurrence.Argument, argument.Location);
            }

            local.Add(argument);
        }

        head.Arguments = local.ConvertAll(Resolve);
    }

    private void CheckUnusedArguments(Rule rule, Scopes.Scope scope)
    {
        var used = new HashSet<string>();
        bool Use(Term term)
        {
            if (term is VarTerm variable) used.Add(variable.Name);
            return true;
        }

        TermWalker.Visit(rule.Body, Use);
        foreach (var term in HeadTerms(rule.Head)) TermWalker.Visit(term, Use);
        foreach (var (name, local) in scope.Names.OrderBy(static n => n.Key, StringComparer.Ordinal))
            if (!used.Contains(local) && !IsUsedByElse(rule, name))
                state.Report(RegoError.CompileCode, rule.Location, $"unused argument {name}. (hint: use _ (wildcard variable) instead)");
    }

    private static bool IsUsedByElse(Rule rule, string name)
    {
        for (var part = rule.Else; part is not null; part = part.Else)
        {
            var found = false;
            bool Look(Term term)
            {
                found |= term is VarTerm variable && variable.Name == name;
                return true;
            }

            TermWalker.Visit(part.Body, Look);
            foreach (var term in HeadTerms(part.Head)) TermWalker.Visit(term, Look);
            if (found) return true;
        }

        return false;
    }

    private string Declare(Scopes.Scope scope, string name, Occurrence how, Location at)
    {
        var local = state.NewLocal();
        state.Written[local] = name;
        scope.Names[name] = local;
        scope.Occurrences[name] = how;
        scope.HasDeclared |= how == Occurrence.Declared;
        scope.Places[name] = at;
        return local;
    }

    /// <summary>Declares by ":=" or "some"; the problem with it, if any, is reported at the place.</summary>
    private void DeclareLocal(string name, Occurrence how, Location at)
    {
        var scope = _scopes.Top;
        if (Names.IsRoot(name) && (module?.IsV1 == true || Strict))
        {
            state.Report(RegoError.CompileCode, at, $"variables must not shadow {name} (use a different variable name)");
            return;
        }

        if (_scopes.IsArgument(name))
        {
            _redeclared = true;
            state.Report(RegoError.CompileCode, at, $"arg {name} redeclared");
            return;
        }

        if (scope.Occurrences.TryGetValue(name, out var before))
        {
            var problem = before switch
            {
                Occurrence.Seen => $"var {name} referenced above",
                Occurrence.Assigned => $"var {name} assigned above",
                Occurrence.Declared => $"var {name} declared above",
                _ => $"arg {name} redeclared",
            };
            state.Report(RegoError.CompileCode, at, problem);
            return;
        }

        Declare(scope, name, how, at);
    }

    private Term Resolve(Term term)
    {
        if (term.IsConstant) return term;
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (term)
        {
            case VarTerm variable: return ResolveVar(variable);
            case RefTerm reference: return ResolveRef(reference);
            case CallTerm { Arguments.Count: 0 } metadata when Metadata(metadata) is { } known:
                return known;
            case CallTerm call:
                call.Function = ResolveFunction(call.Function);
                ResolveAll(call.Arguments);
                return call;
            case ArrayTerm array:
                ResolveAll(array.Items);
                return array;
            case SetTerm set:
                ResolveAll(set.Items);
                return set;
            case ObjectTerm obj:
                for (var i = 0; i < obj.Entries.Count; i++) obj.Entries[i] = (Resolve(obj.Entries[i].Key), Resolve(obj.Entries[i].Value));
                return obj;
            case ComprehensionTerm comprehension:
                ResolveComprehension(comprehension);
                return comprehension;
            case TemplateTerm template:
                return ResolveTemplate(template);
            default: return term;
        }
    }

    private void ResolveAll(List<Term> terms)
    {
        for (var i = 0; i < terms.Count; i++) terms[i] = Resolve(terms[i]);
    }

    private Term ResolveVar(VarTerm variable)
    {
        var name = variable.Name;
        if (variable.IsWildcard) return variable;
        if (_scopes.Find(name) is { } local) return new VarTerm(variable.Location, local);
        if (!_scopes.DeclaredAnywhere(name) && _globals.TryGetValue(name, out var path))
        {
            _usedImports.Add(name);
            return At(path, variable.Location);
        }

        if (Names.IsRoot(name)) return new RefTerm(variable.Location, [variable]);
        _scopes.Top.Occurrences.TryAdd(name, Occurrence.Seen);
        return variable;
    }

    private static RefTerm At(RefTerm path, Location location) => new(location, path.Parts.ConvertAll(p => TermCopier.Copy(p, location)));

    private RefTerm ResolveRef(RefTerm reference)
    {
        var head = Names.IsRoot(reference.HeadName ?? "") && _scopes.Find(reference.HeadName!) is null ? reference.Parts[0] : Resolve(reference.Parts[0]);
        List<Term> parts = head is RefTerm path ? [.. path.Parts] : [head];
        for (var i = 1; i < reference.Parts.Count; i++) parts.Add(Resolve(reference.Parts[i]));
        return new RefTerm(reference.Location, parts);
    }

    /// <summary>A call's function: a rule or an import's rule by its full name, else as written. A local of the same name is an error.</summary>
    private RefTerm ResolveFunction(RefTerm function)
    {
        if (function.HeadName is not { } name) return ResolveRef(function);
        if (_scopes.Find(name) is not null && function.Parts.Count == 1)
        {
            if (state.FindBuiltin(name) is null || _scopes.Find(name) is not null)
                return new RefTerm(function.Location, [new VarTerm(function.Location, _scopes.Find(name)!)]);
        }

        if (!_scopes.DeclaredAnywhere(name) && _globals.TryGetValue(name, out var path))
        {
            _usedImports.Add(name);
            return new RefTerm(function.Location, [.. path.Parts, .. function.Parts.Skip(1)]);
        }

        return function;
    }
}
