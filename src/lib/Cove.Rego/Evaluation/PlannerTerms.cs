using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego.Evaluation;

internal sealed partial class Planner
{
    /// <summary>The value of a term; loops over what is not bound in it are opened first.</summary>
    public Node PlanTerm(Term term)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        if (term.IsConstant) return new ConstantNode(ConstantValue.Of(term));
        switch (term)
        {
            case ScalarTerm scalar: return new ConstantNode(scalar.Value);
            case VarTerm variable:
                return _bound.Contains(variable.Name)
                    ? new LocalNode(_slots[variable.Name].Index)
                    : throw new InvalidOperationException($"the variable {variable.Name} is not bound where it is needed");
            case RefTerm reference: return PlanRef(reference);
            case ArrayTerm array: return Fold(PlanAll(array.Items), static nodes => new ArrayNode(nodes));
            case SetTerm set: return Fold(PlanAll(set.Items), static nodes => new SetNode(nodes));
            case ObjectTerm obj: return PlanObject(obj);
            case ComprehensionTerm comprehension: return PlanComprehension(comprehension);
            case CallTerm call: return PlanCallValue(call.Function, call.Arguments, call.Location, out _);
            default: throw new InvalidOperationException($"a term of type {term.GetType().Name} cannot be planned");
        }
    }

    /// <summary>A composite of constants is made once, now.</summary>
    private static Node Fold(Node[] nodes, Func<Node[], Node> make)
    {
        var node = make(nodes);
        return nodes.All(static n => n is ConstantNode) ? new ConstantNode(node.Eval(null!)!) : node;
    }

    private Node PlanObject(ObjectTerm obj)
    {
        var keys = new Node[obj.Entries.Count];
        var values = new Node[keys.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = PlanTerm(obj.Entries[i].Key);
            values[i] = PlanTerm(obj.Entries[i].Value);
        }

        return Fold([.. keys, .. values], _ => new ObjectNode(keys, values));
    }

    private ComprehensionNode PlanComprehension(ComprehensionTerm comprehension)
    {
        Scans = true;
        var builder = NewBuilder();
        var block = Nested(() =>
        {
            PlanBody(comprehension.Body);
            var key = comprehension.Key is null ? null : PlanTerm(comprehension.Key);
            Add(new CollectStep(PlanTerm(comprehension.Value), builder, comprehension.Kind, key));
        });
        return new ComprehensionNode(block, builder, comprehension.Kind);
    }

    private Node PlanRef(RefTerm reference, int valueSlot = -1)
    {
        var parts = reference.Parts;
        switch (reference.HeadName)
        {
            case Names.Input when !_bound.Contains(Names.Input):
                var taken = 1;
                var path = new List<RegoValue>();
                while (taken < parts.Count && parts[taken] is ScalarTerm scalar)
                {
                    path.Add(scalar.Value);
                    taken++;
                }

                return PlanSteps(new InputNode([.. path]), parts, taken, valueSlot);
            case Names.Data when !_bound.Contains(Names.Data):
                return PlanData(parts, valueSlot);
            default:
                return PlanSteps(PlanTerm(parts[0]), parts, 1, valueSlot);
        }
    }

    private Node PlanData(List<Term> parts, int valueSlot)
    {
        var document = program.Root;
        var at = 1;
        while (at < parts.Count && document.Kind == DocumentKind.Package && parts[at] is ScalarTerm scalar)
        {
            if (!document.Children.TryGetValue(scalar.Value, out var child)) return PlanBase(document, parts, at, valueSlot);
            document = child;
            at++;
        }

        if (at < parts.Count && document.IsPartial && !IsOpen(parts[at])) return PlanSteps(new DocumentKeyNode(document, PlanTerm(parts[at])), parts, at + 1, valueSlot);
        if (at == parts.Count || document.Kind != DocumentKind.Package) return PlanSteps(new DocumentNode(document), parts, at, valueSlot);

        // A step among documents that is not known yet.
        Node node = new CursorNode(document);
        for (; at < parts.Count; at++)
            node = IsOpen(parts[at]) ? PlanScan(node, parts[at], -1) : new CursorIndexNode(node, PlanTerm(parts[at]));
        if (node is CursorIndexNode)
        {
            var slot = NewSlot();
            Add(new AssignStep(slot, node));
            node = new LocalNode(slot);
        }

        return new CursorValueNode(node);
    }

    private Node PlanBase(Document document, List<Term> parts, int at, int valueSlot)
    {
        var path = new List<RegoValue>(document.Path);
        while (at < parts.Count && parts[at] is ScalarTerm scalar)
        {
            path.Add(scalar.Value);
            at++;
        }

        return PlanSteps(new BaseNode([.. path]), parts, at, valueSlot);
    }

    /// <summary>True when a reference's step is or holds a variable that is not bound.</summary>
    private bool IsOpen(Term step) => !step.IsConstant && step switch
    {
        VarTerm => IsUnbound(step),
        ArrayTerm array => array.Items.Exists(IsOpen),
        ObjectTerm obj => obj.Entries.Exists(e => IsOpen(e.Value)),
        _ => false,
    };

    private Node PlanSteps(Node node, List<Term> parts, int at, int valueSlot)
    {
        for (; at < parts.Count; at++)
        {
            var part = parts[at];
            if (part is ScalarTerm scalar) node = new KeyNode(node, scalar.Value);
            else if (IsOpen(part)) node = PlanScan(node, part, at == parts.Count - 1 ? valueSlot : -1);
            else node = new IndexNode(node, PlanTerm(part));
        }

        return node;
    }

    private LocalNode PlanScan(Node collection, Term key, int valueSlot)
    {
        Scans = true;
        if (valueSlot < 0) valueSlot = NewSlot();
        if (key is VarTerm variable)
        {
            var slot = variable.IsWildcard ? -1 : Bind(variable);
            Open(rest => new ScanStep(collection, slot, valueSlot, rest));
        }
        else
        {
            var slot = NewSlot();
            Open(rest => new ScanStep(collection, slot, valueSlot, rest));
            UnifyWith(key, new LocalNode(slot));
        }

        return new LocalNode(valueSlot);
    }

    private void Unify(Term a, Term b)
    {
        if (IsUnbound(b) && !IsUnbound(a)) (a, b) = (b, a);
        if (IsUnbound(a))
        {
            AssignVar((VarTerm)a, b);
            return;
        }

        if (a is ArrayTerm x && b is ArrayTerm y && (HasUnbound(a) || HasUnbound(b)))
        {
            UnifyArrays(x, y);
            return;
        }

        if (a is ObjectTerm left && b is ObjectTerm right && (HasUnbound(a) || HasUnbound(b)))
        {
            UnifyObjects(left, right);
            return;
        }

        if (a is not RefTerm && HasUnbound(a)) UnifyWith(a, PlanTerm(b));
        else if (b is not RefTerm && HasUnbound(b)) UnifyWith(b, PlanTerm(a));
        else Add(new EqualStep(PlanTerm(a), PlanTerm(b)));
    }

    private void AssignVar(VarTerm variable, Term value)
    {
        if (IsUnbound(value))
        {
            if (variable.IsWildcard || value is VarTerm { IsWildcard: true }) return;
            throw new InvalidOperationException($"neither side of {variable.Name} = {((VarTerm)value).Name} is bound");
        }

        if (value is VarTerm known)
        {
            // Two names for one value share its slot.
            _slots[variable.Name] = _slots[known.Name];
            _bound.Add(variable.Name);
            return;
        }

        if (value is RefTerm reference && reference.Parts.Count > 1 && IsOpen(reference.Parts[^1]))
        {
            var slot = NewSlot();
            var node = PlanRef(reference, slot);
            if (node is LocalNode local && local.Slot == slot)
            {
                _slots[variable.Name] = new Slot(slot);
                _bound.Add(variable.Name);
                return;
            }

            Assign(variable, node);
            return;
        }

        Assign(variable, PlanTerm(value));
    }

    private void Assign(VarTerm variable, Node node) => Add(new AssignStep(Bind(variable), node));

    private void UnifyArrays(ArrayTerm a, ArrayTerm b)
    {
        if (a.Items.Count != b.Items.Count)
        {
            Add(new FailStep());
            return;
        }

        // Pairs that wait for a variable of a later pair come last.
        var pairs = a.Items.Zip(b.Items).ToList();
        UnifyPairs(pairs);
    }

    private void UnifyPairs(List<(Term First, Term Second)> pairs)
    {
        while (pairs.Count > 0)
        {
            var at = pairs.FindIndex(p => !(HasUnbound(p.First) && HasUnbound(p.Second)) || p is { First: ArrayTerm, Second: ArrayTerm } or { First: ObjectTerm, Second: ObjectTerm });
            if (at < 0) at = 0;
            var (first, second) = pairs[at];
            pairs.RemoveAt(at);
            Unify(first, second);
        }
    }

    private void UnifyObjects(ObjectTerm a, ObjectTerm b)
    {
        if (a.Entries.Count != b.Entries.Count)
        {
            Add(new FailStep());
            return;
        }

        var pairs = new List<(Term, Term)>();
        foreach (var (key, value) in a.Entries)
        {
            var other = b.Entries.FindIndex(e => Analysis.Unifier.SameKey(e.Key, key));
            if (other < 0)
            {
                if (!HasUnbound(a)) UnifyWith(b, PlanTerm(a));
                else if (!HasUnbound(b)) UnifyWith(a, PlanTerm(b));
                else Add(new FailStep());
                return;
            }

            pairs.Add((value, b.Entries[other].Value));
        }

        UnifyPairs(pairs);
    }

    private bool HasUnbound(Term term) => !term.IsConstant && term switch
    {
        VarTerm => IsUnbound(term),
        ArrayTerm array => array.Items.Exists(HasUnbound),
        SetTerm set => set.Items.Exists(HasUnbound),
        ObjectTerm obj => obj.Entries.Exists(e => HasUnbound(e.Key) || HasUnbound(e.Value)),
        RefTerm reference => reference.Parts.Skip(1).Any(HasUnbound),
        _ => false,
    };

    /// <summary>Matches a pattern against a value.</summary>
    private void UnifyWith(Term pattern, Node value)
    {
        switch (pattern)
        {
            case VarTerm variable when IsUnbound(variable):
                if (variable.IsWildcard)
                {
                    Add(new DefinedStep(value));
                    Bind(variable);
                }
                else if (value is LocalNode local)
                {
                    _slots[variable.Name] = new Slot(local.Slot);
                    _bound.Add(variable.Name);
                }
                else
                {
                    Assign(variable, value);
                }

                break;
            case ArrayTerm array when HasUnbound(array):
                var slot = NewSlot();
                Add(new ArrayShapeStep(value, slot, array.Items.Count));
                for (var i = 0; i < array.Items.Count; i++)
                {
                    if (array.Items[i] is VarTerm { IsWildcard: true }) continue;
                    UnifyWith(array.Items[i], new KeyNode(new LocalNode(slot), RegoNumber.FromInt64(i)));
                }

                break;
            case ObjectTerm obj when HasUnbound(obj):
                var at = NewSlot();
                Add(new ObjectShapeStep(value, at, obj.Entries.Count));
                foreach (var (key, inner) in obj.Entries) UnifyWith(inner, new IndexNode(new LocalNode(at), PlanTerm(key)));
                break;
            default:
                Add(new EqualStep(value, PlanTerm(pattern)));
                break;
        }
    }
}
