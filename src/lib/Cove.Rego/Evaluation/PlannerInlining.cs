using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego.Evaluation;

internal sealed partial class Planner
{
    private const int MostInlinedRules = 2;
    private const int MostInlinedDepth = 3;
    private int _inlined;

    /// <summary>
    /// Plans a call that only asks whether a small function holds: its body becomes part of this one, so that no arguments are handed over. False where
    /// the call must stay one.
    /// </summary>
    private bool TryInline(RefTerm function, List<Term> arguments)
    {
        if (program.IsTraced || _inlined >= MostInlinedDepth || program.State.Tree.FindExact(function) is not { IsFunction: true } node || arguments.Count != node.Arity)
            return false;
        var document = program.Documents[node.Index];
        var rules = document.Node.Rules;
        if (rules.Count > MostInlinedRules || !rules.TrueForAll(IsTest) || new FunctionCost(program).IsWorthKeeping(document)) return false;
        var slots = new int[arguments.Count];
        for (var i = 0; i < slots.Length; i++)
        {
            var argument = PlanTerm(arguments[i]);
            slots[i] = argument is LocalNode local ? local.Slot : NewSlot();
            if (argument is not LocalNode) Add(new AssignStep(slots[i], argument));
        }

        var (names, bound) = (_slots, _bound);
        _inlined++;
        var bodies = rules.ConvertAll(rule =>
        {
            (_slots, _bound) = ([], []);
            return Existential(() =>
            {
                MatchArguments(rule.Head.Arguments!, slots);
                PlanBody(rule.Body);
            });
        });
        _inlined--;
        (_slots, _bound) = (names, bound);
        Add(new InlinedStep([.. bodies], new FunctionNode(document, Array.ConvertAll(slots, static slot => (Node)new LocalNode(slot)))));
        return true;
    }

    /// <summary>Whether a definition has nothing to say but that it holds.</summary>
    private static bool IsTest(Rule rule) => !rule.IsDefault && rule.Else is null && rule.Head.Value is ScalarTerm { Value.IsTruthy: true } value && value.Value == RegoValue.True
        && rule.Head.Arguments is { } arguments && arguments.TrueForAll(static term => term is ScalarTerm or VarTerm) && rule.Body.TrueForAll(static expr => expr.With.Count == 0);

    /// <summary>Gives the arguments their names in a definition; those that are not plain variables are matched by its first steps.</summary>
    private void MatchArguments(List<Term> arguments, ReadOnlySpan<int> slots)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] is not VarTerm { IsWildcard: false } variable || _bound.Contains(variable.Name)) continue;
            _slots[variable.Name] = new Slot(slots[i]);
            _bound.Add(variable.Name);
        }

        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] is VarTerm variable && (variable.IsWildcard || _slots[variable.Name].Index == slots[i])) continue;
            UnifyWith(arguments[i], new LocalNode(slots[i]));
        }
    }
}

/// <summary>Holds when one of a function's definitions does, which were planned here; under a "with" that replaces functions it is a call.</summary>
internal sealed class InlinedStep(Block[] definitions, FunctionNode call) : Step
{
    public override Status Run(Frame frame)
    {
        if (frame.Context.HasMocks) return call.Eval(frame) is { IsTruthy: true } ? Status.Next : Status.Fail;
        foreach (var definition in definitions)
            if (definition.Run(frame)) return Status.Next;
        return Status.Fail;
    }
}
