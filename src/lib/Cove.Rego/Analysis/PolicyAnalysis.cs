using Cove.Rego.Syntax;

namespace Cove.Rego.Analysis;

/// <summary>The passes over all modules, in the order that decides which errors are reported together: a pass runs only when those before found none.</summary>
internal static class PolicyAnalysis
{
    public static void Run(CompilerState state)
    {
        var checks = new RuleChecks(state);
        state.Tree = BuildTree(state);
        Action[] passes =
        [
            () => ForModules(state, checks.CheckShadowing),
            () => ForModules(state, checks.CheckImports),
            () => ForModules(state, module => new NameResolver(state, module).ResolveModule()),
            () => ForRules(state, new CallFlattener(state).Flatten),
            () => ForRules(state, rule => new WithCheck(state).Check(rule.Body)),
            checks.CheckConflicts,
            () => state.Image?.CheckUses(state),
            () => ForRules(state, checks.CheckHead),
            () => ForRules(state, rule => rule.Body.ForEach(checks.CheckFunctions)),
            () => ForRules(state, new SafetyCheck(state).CheckHead),
            () => ForRules(state, new SafetyCheck(state).CheckBody),
            () => state.Order = new RecursionCheck(state).Order(),
            () => new TypeCheck(state).CheckRules(),
            () => ForRules(state, rule => rule.Body.ForEach(e => checks.CheckDeprecated(e, rule.Module.IsV1))),
        ];
        foreach (var pass in passes)
        {
            pass();
            if (state.Failed) return;
        }
    }

    private static RuleTree BuildTree(CompilerState state)
    {
        var tree = new RuleTree();
        state.Image?.AddTo(tree);
        foreach (var module in state.Modules)
        {
            tree.AddPackage(module.Package);
            foreach (var rule in module.Rules) tree.Add(rule);
        }

        return tree;
    }

    private static void ForModules(CompilerState state, Action<Module> pass)
    {
        foreach (var module in state.Modules) pass(module);
    }

    private static void ForRules(CompilerState state, Action<Rule> pass)
    {
        foreach (var module in state.Modules)
            foreach (var rule in module.Rules)
                for (var part = rule; part is not null; part = part.Else) pass(part);
    }
}
