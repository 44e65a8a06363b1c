using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego.Analysis;

internal sealed partial class TypeCheck
{
    /// <summary>Matches two terms; what is unknown on one side is learnt from the other.</summary>
    private static bool Unify(Term a, RegoType? typeA, Term b, RegoType? typeB, TypeEnvironment environment)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        if (typeA is not null && typeB is not null) return TypeUnifier.Unifies(typeA, typeB);
        if (typeB is not null) return Learn(a, typeB, environment, union: false);
        if (typeA is not null) return Learn(b, typeA, environment, union: false);
        switch (a, b)
        {
            case (ArrayTerm x, ArrayTerm y):
                if (x.Items.Count != y.Items.Count) return false;
                for (var i = 0; i < x.Items.Count; i++)
                    if (!Unify(x.Items[i], environment.Of(x.Items[i]), y.Items[i], environment.Of(y.Items[i]), environment)) return false;
                return true;
            case (ObjectTerm x, ObjectTerm y):
                return UnifyObjects(x, y, environment);
            case (ArrayTerm or ObjectTerm, VarTerm or RefTerm) or (VarTerm or RefTerm, ArrayTerm or ObjectTerm):
                return true;
            case (ArrayTerm or ObjectTerm or SetTerm, ArrayTerm or ObjectTerm or SetTerm):
                return a.GetType() == b.GetType();
            default:
                foreach (var term in (Term[])[a, b])
                    if (term is VarTerm variable && environment.Find(variable.Name) is null) environment.Set(variable.Name, RegoType.Any);
                return true;
        }
    }

    private static bool UnifyObjects(ObjectTerm a, ObjectTerm b, TypeEnvironment environment)
    {
        if (a.Entries.Count != b.Entries.Count) return false;
        foreach (var (key, value) in a.Entries)
        {
            if (key is not ScalarTerm { Value: var wanted }) continue;
            var found = b.Entries.FindIndex(e => e.Key is ScalarTerm { Value: var other } && other == wanted);
            if (found < 0)
            {
                if (b.Entries.TrueForAll(static e => e.Key is ScalarTerm)) return false;
                continue;
            }

            var match = b.Entries[found].Value;
            if (!Unify(value, environment.Of(value), match, environment.Of(match), environment)) return false;
        }

        return true;
    }

    /// <summary>Whether a term can have a type; variables in it that are unknown get theirs.</summary>
    private static bool Learn(Term term, RegoType type, TypeEnvironment environment, bool union)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (term)
        {
            case VarTerm variable:
                var known = environment.Find(variable.Name);
                if (!union && known is not null) return TypeUnifier.Unifies(known, type);
                environment.Set(variable.Name, known is null ? type : RegoType.Union([known, type]));
                return true;
            case ArrayTerm or ObjectTerm or SetTerm when type is AnyType any:
                if (any.Members.Count == 0)
                {
                    foreach (var inner in Parts(term)) Learn(inner, RegoType.Any, environment, union: true);
                    return true;
                }

                var fits = false;
                foreach (var member in any.Members) fits |= Learn(term, member, environment, union: true);
                return fits;
            case ArrayTerm array:
                if (type is not ArrayType items) return false;
                if (array.Items.Count != items.Items.Count && items.Rest is null) return false;
                if (array.Items.Count < items.Items.Count) return false;
                for (var i = 0; i < array.Items.Count; i++)
                    if (!Learn(array.Items[i], i < items.Items.Count ? items.Items[i] : items.Rest!, environment, union)) return false;
                return true;
            case SetTerm set:
                return type is SetType { Of: var of } && set.Items.TrueForAll(item => Learn(item, of, environment, union));
            case ObjectTerm obj:
                return type is ObjectType wanted && LearnObject(obj, wanted, environment, union);
            default:
                return environment.Of(term) is not { } actual || TypeUnifier.Unifies(actual, type);
        }
    }

    private static bool LearnObject(ObjectTerm obj, ObjectType type, TypeEnvironment environment, bool union)
    {
        if (type.Value is null && obj.Entries.Count != type.Properties.Count) return false;
        foreach (var (key, value) in obj.Entries)
        {
            var expected = key is ScalarTerm scalar ? TypeUnifier.Select(type, scalar.Value) : TypeUnifier.Values(type);
            if (expected is null || !Learn(value, expected, environment, union)) return false;
        }

        return true;
    }

    private static List<Term> PartsOf(ObjectTerm obj)
    {
        var parts = new List<Term>(2 * obj.Entries.Count);
        foreach (var (key, value) in obj.Entries)
        {
            parts.Add(key);
            parts.Add(value);
        }

        return parts;
    }

    private static IEnumerable<Term> Parts(Term term) => term switch
    {
        ArrayTerm array => array.Items,
        SetTerm set => set.Items,
        ObjectTerm obj => PartsOf(obj),
        _ => [],
    };
}
