using System.Runtime.CompilerServices;
using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego.Evaluation;

/// <summary>The value of a constant term.</summary>
internal static class ConstantValue
{
    public static RegoValue Of(Term term)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (term)
        {
            case ScalarTerm scalar:
                return scalar.Value;
            case ArrayTerm array:
                var items = new RegoValue[array.Items.Count];
                for (var i = 0; i < items.Length; i++) items[i] = Of(array.Items[i]);
                return items.Length == 0 ? RegoArray.Empty : new RegoArray(items);
            case SetTerm set:
                var members = new SetBuilder(set.Items.Count);
                foreach (var item in set.Items) members.Add(Of(item));
                return members.Build();
            case ObjectTerm obj:
                var entries = new ObjectBuilder(obj.Entries.Count);
                foreach (var (key, value) in obj.Entries) entries.Set(Of(key), Of(value));
                return entries.Build();
            default:
                throw new InvalidOperationException($"a term of type {term.GetType().Name} is no constant");
        }
    }
}
