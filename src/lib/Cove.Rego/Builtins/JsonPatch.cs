using System.Globalization;
using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

/// <summary>RFC 6902 on values; members of sets are addressed by themselves.</summary>
internal static class JsonPatch
{
    public static RegoValue? Apply(EvaluationContext context, RegoValue value, RegoValue patches)
    {
        if (!Operands.Array(context, patches, 2, out var list)) return null;
        var result = value;
        foreach (var patch in list)
        {
            if (patch is not RegoObject operation) return context.Fail("must be an array of JSON-Patch objects, but at least one element is not an object");
            try
            {
                result = Apply(context, result, operation);
            }
            catch (PatchException error)
            {
                return context.Fail(error.Message);
            }
        }

        return result;
    }

    private static RegoValue Apply(EvaluationContext context, RegoValue target, RegoObject operation)
    {
        var op = operation["op"] ?? throw new PatchException("missing required attribute 'op'");
        if (op is not RegoString { Text: var name }) throw new PatchException("attribute 'op' must be a string");
        var path = Path(operation, "path");
        switch (name)
        {
            case "add": return Add(context, target, path, Value(operation));
            case "remove": return Remove(context, target, path, out _);
            case "replace": return path.Length == 0 ? Value(operation) : Add(context, Remove(context, target, path, out _), path, Value(operation));
            case "move":
                var from = Path(operation, "from");
                var without = Remove(context, target, from, out var moved);
                return Add(context, without, path, moved);
            case "copy": return Add(context, target, path, Get(target, Path(operation, "from")));
            case "test":
                var actual = Get(target, path);
                var wanted = Value(operation);
                if (actual != wanted) throw new PatchException($"value from EditTree != expected value.\n\nExpected: {wanted}\n\nFound: {actual}");
                return target;
            default: throw new PatchException($"unrecognized op: '{name}'");
        }
    }

    private static RegoValue Value(RegoObject operation) => operation["value"] ?? throw new PatchException("missing required attribute 'value'");

    private static RegoValue[] Path(RegoObject operation, string name)
    {
        switch (operation[name])
        {
            case RegoArray array: return array.Items;
            case RegoString { Text: "" }: return [];
            case RegoString text: return [.. (text.Text.StartsWith('/') ? text.Text[1..] : text.Text).Split('/').Select(static s => (RegoValue)Operands.Result(JsonBuiltins.Unescape(s)))];
            case null: throw new PatchException($"missing required attribute '{name}'");
            default: throw new PatchException($"attribute '{name}' must be a string or array");
        }
    }

    private static RegoValue Get(RegoValue target, ReadOnlySpan<RegoValue> path)
    {
        foreach (var step in path) target = Child(target, step);
        return target;
    }

    private static RegoValue Child(RegoValue target, RegoValue step)
    {
        switch (target)
        {
            case RegoObject obj: return obj.Find(step) ?? throw new PatchException($"path {step} does not exist in object term {obj}");
            case RegoSet set: return set.Find(step) ?? throw new PatchException($"path {step} does not exist in set term {set}");
            case RegoArray array:
                var index = Index(step, array.Count - 1);
                return array.Items[index];
            default: throw new PatchException($"expected composite type, found value: {target} (type: {GoName(target)})");
        }
    }

    private static string GoName(RegoValue value) => value.Kind switch
    {
        RegoKind.Null => "ast.Null",
        RegoKind.Boolean => "ast.Boolean",
        RegoKind.Number => "ast.Number",
        _ => "ast.String",
    };

    private static int Index(RegoValue step, int last)
    {
        if (step is RegoNumber number)
        {
            if (number.TryGetInt32(out var given) && given >= 0 && given <= last) return given;
            throw new PatchException(number.IsInt64 && number.Int64 < int.MaxValue ? "index out of array bounds" : "invalid number type for indexing");
        }

        if (step is not RegoString { Text: var text }) throw new PatchException("invalid type for indexing");
        if (text == "-") return last;
        if (text.Length > 1 && text[0] == '0') throw new PatchException("leading zeros are not allowed in JSON paths");
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index)) throw new PatchException("invalid string for indexing");
        return index >= 0 && index <= last ? index : throw new PatchException("index out of array bounds");
    }

    private static RegoValue Add(EvaluationContext context, RegoValue target, ReadOnlySpan<RegoValue> path, RegoValue value)
    {
        if (path.Length == 0) return value;
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        if (path.Length == 1) Charge(context, target);
        if (path.Length > 1) return Replace(context, target, path[0], Add(context, Child(target, path[0]), path[1..], value));
        switch (target)
        {
            case RegoObject obj: return Replace(context, obj, path[0], value);
            case RegoSet set:
                if (path[0] != value) throw new PatchException($"set key {path[0]} does not equal value to be inserted {value}");
                return SetBuiltins.Unite(set, RegoSet.Of(value));
            case RegoArray array:
                var index = path[0] is RegoString { Text: "-" } ? array.Count : Index(path[0], array.Count);
                return new RegoArray([.. array.Items[..index], value, .. array.Items[index..]]);
            default: throw new PatchException($"expected composite type, found value: {target} (type: {GoName(target)})");
        }
    }

    /// <summary>A change copies what it is in: many changes of something large add up.</summary>
    private static void Charge(EvaluationContext context, RegoValue target) => context.CountSteps(1 + (target switch
    {
        RegoObject obj => obj.Count,
        RegoArray array => array.Count / 8,
        RegoSet set => set.Count,
        _ => 0,
    }));

    private static RegoValue Replace(EvaluationContext context, RegoValue target, RegoValue step, RegoValue value)
    {
        Charge(context, target);
        switch (target)
        {
            case RegoObject obj:
                var entries = new ObjectBuilder(obj.Count + 1);
                for (var i = 0; i < obj.Count; i++) entries.Set(obj.RawKey(i), obj.RawValue(i));
                entries.Set(step, value);
                return entries.Build();
            case RegoArray array:
                var items = (RegoValue[])array.Items.Clone();
                items[Index(step, array.Count - 1)] = value;
                return new RegoArray(items);
            case RegoSet set:
                return SetBuiltins.Unite(SetBuiltins.Difference(set, RegoSet.Of(step)), RegoSet.Of(value));
            default: return target;
        }
    }

    private static RegoValue Remove(EvaluationContext context, RegoValue target, ReadOnlySpan<RegoValue> path, out RegoValue removed)
    {
        removed = target;
        if (path.Length == 0) return RegoValue.Null;
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        if (path.Length == 1) Charge(context, target);
        if (path.Length > 1) return Replace(context, target, path[0], Remove(context, Child(target, path[0]), path[1..], out removed));
        switch (target)
        {
            case RegoObject obj:
                removed = obj.Find(path[0]) ?? throw new PatchException($"cannot delete child key {path[0]} that does not exist");
                var entries = new ObjectBuilder(obj.Count);
                for (var i = 0; i < obj.Count; i++)
                    if (obj.RawKey(i) != path[0]) entries.Set(obj.RawKey(i), obj.RawValue(i));
                return entries.Build();
            case RegoSet set:
                removed = set.Find(path[0]) ?? throw new PatchException($"cannot delete child key {path[0]} that does not exist");
                return SetBuiltins.Difference(set, RegoSet.Of(removed));
            case RegoArray array:
                if (path[0] is RegoString { Text: "-" }) throw new PatchException("index for array delete out of bounds");
                var index = Index(path[0], array.Count - 1);
                removed = array.Items[index];
                return new RegoArray([.. array.Items[..index], .. array.Items[(index + 1)..]]);
            default: throw new PatchException($"expected composite type, found value: {target} (type: {GoName(target)})");
        }
    }

    private sealed class PatchException(string message) : Exception(message);
}
