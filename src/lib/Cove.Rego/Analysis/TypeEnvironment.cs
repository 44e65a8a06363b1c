using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego.Analysis;

/// <summary>What is known of the variables of a body, and from that of its terms. Unknown is null.</summary>
internal sealed class TypeEnvironment(CompilerState state, TypeEnvironment? outer)
{
    private readonly Dictionary<string, RegoType> _vars = [];

    public RegoType? Find(string name) => _vars.TryGetValue(name, out var type) ? type : outer?.Find(name);

    public void Set(string name, RegoType type) => _vars[name] = type.Bounded;

    public RegoType? Of(Term term)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (term)
        {
            case ScalarTerm scalar: return TypeUnifier.OfValue(scalar.Value);
            case VarTerm variable: return Find(variable.Name);
            case RefTerm reference: return OfRef(reference);
            case ArrayTerm array:
                var items = array.Items.ConvertAll(Of);
                return items.Contains(null) ? null : new ArrayType([.. items.OfType<RegoType>()], null);
            case SetTerm set:
                var members = set.Items.ConvertAll(Of);
                return members.Contains(null) ? null : new SetType(RegoType.Union(members.OfType<RegoType>()));
            case ObjectTerm obj: return OfObject(obj);
            case ComprehensionTerm comprehension: return OfComprehension(comprehension);
            default: return RegoType.Any;
        }
    }

    private RegoType? OfObject(ObjectTerm obj)
    {
        var known = new List<(RegoValue, RegoType)>();
        RegoType? keys = null;
        RegoType? values = null;
        foreach (var (key, value) in obj.Entries)
        {
            if (Of(key) is not { } keyType || Of(value) is not { } valueType) return null;
            if (key is ScalarTerm scalar)
            {
                known.Add((scalar.Value, valueType));
                continue;
            }

            keys = keys is null ? keyType : RegoType.Union([keys, keyType]);
            values = values is null ? valueType : RegoType.Union([values, valueType]);
        }

        return new ObjectType(known, keys, values);
    }

    private RegoType OfComprehension(ComprehensionTerm comprehension)
    {
        if (state.Comprehensions.TryGetValue(comprehension, out var known)) return known;
        var inner = new TypeCheck(state.Quiet()).Infer(comprehension.Body, this);
        return state.Comprehensions[comprehension] = TypeOf(comprehension, inner);
    }

    /// <summary>The type of a comprehension by what its body knows.</summary>
    public static RegoType TypeOf(ComprehensionTerm comprehension, TypeEnvironment inner)
    {
        var value = inner.Of(comprehension.Value) ?? RegoType.Any;
        return comprehension.Kind switch
        {
            ComprehensionKind.Array => new ArrayType([], value),
            ComprehensionKind.Set => new SetType(value),
            _ => new ObjectType([], inner.Of(comprehension.Key!) ?? RegoType.Any, value),
        };
    }

    private RegoType? OfRef(RefTerm reference)
    {
        var (type, at) = Start(reference);
        for (; at < reference.Parts.Count && type is not null; at++)
            type = reference.Parts[at] is ScalarTerm scalar ? TypeUnifier.Select(type, scalar.Value) : TypeUnifier.Values(type);
        return type ?? (reference.HeadName is Names.Data or Names.Input ? RegoType.Any : null);
    }

    /// <summary>The type from which a reference's remaining steps go on: of its variable, or of the document that its first steps name.</summary>
    public (RegoType? Type, int At) Start(RefTerm reference)
    {
        switch (reference.HeadName)
        {
            case Names.Input when Find(Names.Input) is null: return (RegoType.Any, reference.Parts.Count);
            case Names.Data when Find(Names.Data) is null:
                var node = state.Tree.Find(reference, out var taken);
                if (node is null || !node.HasRules || node.Children.Count > 0) return (RegoType.Any, reference.Parts.Count);
                return (state.TypeOf(node) ?? RegoType.Any, taken);
            default: return (Of(reference.Parts[0]), 1);
        }
    }
}
