using Cove.Rego.Evaluation;
using Cove.Rego.Syntax;

namespace Cove.Rego.Analysis;

/// <summary>The passes over a query.</summary>
internal sealed class QueryAnalysis(CompilerState state, CompiledProgram program)
{
    public RegoQuery Run(List<Expr> query, Dictionary<string, RefTerm> globals, bool isV1, bool isRaw, Func<CompiledRule, List<(string, int)>, List<int>, RegoQuery> make)
    {
        var names = WrittenVars(query);
        if (isRaw) names.RemoveAll(Scopes.DeclaredBy(query).Contains);
        var checks = new RuleChecks(state);
        var capture = isRaw ? null : new QueryCapture(state);
        var body = query;
        Action[] passes =
        [
            () => body = new NameResolver(state, null).ResolveQuery(body, globals),
            () => capture?.Apply(body),
            () => body = new CallFlattener(state).Flatten(body),
            () => new WithCheck(state).Check(body),
            () => body.ForEach(checks.CheckFunctions),
            () => body = new SafetyCheck(state).Check(body),
            () => new TypeCheck(state).CheckQuery(body),
            () => body.ForEach(e => checks.CheckDeprecated(e, isV1)),
        ];
        foreach (var pass in passes)
        {
            pass();
            if (state.Failed) throw new RegoCompileException(state.Errors);
        }

        var planner = new Planner(program);
        var variables = new List<(string, int)>();
        var expressions = new List<int>();
        var block = planner.PlanQuery(body, () =>
        {
            foreach (var name in names)
                if ((planner.SlotOf(name) ?? SlotOfDeclared(planner, name)) is { } slot) variables.Add((name, slot));
            return new SolutionStep(static _ => { });
        }, expressions);
        if (capture is not null) expressions = capture.Variables.ConvertAll(v => v is null ? -1 : planner.SlotOf(v.Name) ?? -1);
        var plan = new CompiledRule(program.NextRuleId(), block, planner.SlotCount, planner.BuilderCount, Location.None);
        return make(plan, variables, expressions);
    }

    /// <summary>A variable that the query declares has a name of its own by now.</summary>
    private int? SlotOfDeclared(Planner planner, string name)
    {
        foreach (var (local, written) in state.Written)
            if (written == name && planner.SlotOf(local) is { } slot) return slot;
        return null;
    }

    /// <summary>The variables of the query itself, in order of appearance: not those of closures.</summary>
    private static List<string> WrittenVars(List<Expr> query)
    {
        var names = new List<string>();
        bool Look(Term term)
        {
            if (term is VarTerm { IsWildcard: false } variable && !names.Contains(variable.Name)) names.Add(variable.Name);
            if (term is CallTerm call)
            {
                foreach (var argument in call.Arguments) TermWalker.Visit(argument, Look);
                return false;
            }

            return term is not (ComprehensionTerm or TemplateTerm);
        }

        foreach (var expr in query)
        {
            if (expr.Term is not null) TermWalker.Visit(expr.Term, Look);
            foreach (var argument in expr.Arguments) TermWalker.Visit(argument, Look);
            foreach (var with in expr.With) TermWalker.Visit(with.Value, Look);
        }

        names.Remove(Names.Input);
        names.Remove(Names.Data);
        return names;
    }
}
