using System.Runtime.CompilerServices;
using Cove.Rego.Values;

namespace Cove.Rego.Evaluation;

internal sealed partial class EvaluationContext
{
    // Beyond this many keys a document whose bodies go through collections is evaluated as a whole, so that many lookups stay linear.
    private const int KeysBeforeTheWhole = 2;

    /// <summary>What a partial document has at a key; null when that is undefined. Of rules that cannot give the key nothing is evaluated.</summary>
    public RegoValue? ValueAt(Document document, RegoValue key)
    {
        var scope = Scope;
        var keyed = document.Keyed;
        if (keyed.Rules.Length == 0 || scope.Overrides is not null || scope.Values[document.Index] is not null || HasFactsAt(document)) return FromWhole(document, key);
        var memo = scope.Memo ??= new CallMemo();
        var cell = new Cell { Value = key };
        var arguments = new ReadOnlySpan<Cell>(in cell);
        var hash = CallMemo.Hash(document, arguments);
        if (memo.TryFind(hash, document, arguments, out var known)) return known;
        if (keyed.Scans && !MayScanAgain(scope, document)) return FromWhole(document, key);
        RuntimeHelpers.EnsureSufficientExecutionStack();
        CountStep();
        var value = document.Kind == DocumentKind.Set ? FindMember(keyed, key, arguments) : FindEntries(keyed, key, arguments);
        memo.Add(hash, document, arguments, value);
        return value;
    }

    private RegoValue? FromWhole(Document document, RegoValue key) => ValueOf(document) is { } whole ? Lookup.Step(whole, key) : null;

    private bool HasFactsAt(Document document) => document.Kind == DocumentKind.Object && BaseAt(document) is RegoObject;

    private static bool MayScanAgain(Scope scope, Document document)
    {
        var keys = scope.KeysAsked ??= [];
        ref var asked = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(keys, document.Index, out _);
        return ++asked <= KeysBeforeTheWhole;
    }

    private RegoValue? FindMember(KeyedPlan keyed, RegoValue key, ReadOnlySpan<Cell> arguments)
    {
        if (keyed.Index is { } index)
        {
            foreach (var at in index.Candidates(this, arguments))
                if (Finds(keyed.Rules[at], key)) return key;
            return null;
        }

        foreach (var rule in keyed.Rules)
            if (Finds(rule, key)) return key;
        return null;
    }

    private bool Finds(CompiledRule rule, RegoValue key)
    {
        var frame = Rent(rule);
        frame.Locals[0].Value = key;
        rule.Body.Run(frame);
        var found = frame.Result is not null;
        Return(rule, frame);
        return found;
    }

    private RegoValue? FindEntries(KeyedPlan keyed, RegoValue key, ReadOnlySpan<Cell> arguments)
    {
        var collected = new PartialObject();
        if (keyed.Index is { } index)
        {
            foreach (var at in index.Candidates(this, arguments)) Collect(keyed.Rules[at], key, collected);
        }
        else
        {
            foreach (var rule in keyed.Rules) Collect(rule, key, collected);
        }

        return collected.Build().Find(key);
    }

    private void Collect(CompiledRule rule, RegoValue key, PartialObject output)
    {
        var frame = Rent(rule);
        frame.Locals[0].Value = key;
        frame.Output = output;
        rule.Body.Run(frame);
        Return(rule, frame);
    }
}
