using System.Runtime.CompilerServices;
using System.Text;
using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

internal static partial class JsonBuiltins
{
    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("json.marshal", "(any) -> str") { One = static (c, a) => Whole(c, a) ? Operands.Result(Marshal(a, null, "")) : null },
        new("json.marshal_with_options", "(any, object<indent: str, prefix: str, pretty: bool>[str: any]) -> str") { Two = MarshalWithOptions },
        new("json.unmarshal", "(str) -> any") { One = Unmarshal },
        new("json.is_valid", "(str) -> bool") { One = static (_, a) => RegoValue.Of(a is RegoString text && GoJson.Problem(text.Text) is null) },
        new("json.filter", "(obj, <array[<str, arr>], set[<str, arr>]>) -> obj") { Two = Filter },
        new("json.remove", "(obj, <array[<str, arr>], set[<str, arr>]>) -> obj") { Two = Remove },
        new("json.patch", "(any, array[object<op: str, path: any>[any: any]]) -> any") { Two = JsonPatch.Apply },
    ];

    /// <summary>True when the text of a value may be made; too large a value ends the evaluation.</summary>
    public static bool Whole(EvaluationContext context, RegoValue value)
    {
        context.CheckWhole(value);
        return true;
    }

    private static RegoValue? Unmarshal(EvaluationContext context, RegoValue value)
    {
        if (!Operands.Text(context, value, 1, out var text)) return null;
        if (GoJson.Problem(text) is { } problem) return context.Fail(problem);
        try
        {
            return RegoValue.FromJson(ByteText.ToBytes(text));
        }
        catch (RegoJsonException error)
        {
            return context.Fail(error.Problem);
        }
    }

    private static RegoValue? MarshalWithOptions(EvaluationContext context, RegoValue value, RegoValue options)
    {
        if (!Operands.Object(context, options, 2, out var given) || !Whole(context, value)) return null;
        bool? pretty = null;
        var (indent, prefix) = ("\t", "");
        for (var i = 0; i < given.Count; i++)
        {
            var (key, option) = (given.KeyAt(i), given.ValueAt(i));
            switch ((key as RegoString)?.Text)
            {
                case "pretty" when option is RegoBoolean flag:
                    pretty = flag.Value;
                    break;
                case "indent" when option is RegoString text:
                    indent = text.Text;
                    pretty ??= true;
                    break;
                case "prefix" when option is RegoString text:
                    prefix = text.Text;
                    pretty ??= true;
                    break;
                case "pretty":
                    return context.FailType($"operand 2 key pretty failed cast to bool");
                case "indent" or "prefix":
                    return context.FailType($"operand 2 key {((RegoString)key).Text} failed cast to string");
                default:
                    return context.FailType($"operand 2 object contained unknown key {key}");
            }
        }

        if (pretty == true) context.CheckSize((value.Weight * (prefix.Length + (Depth(value) * (long)indent.Length))) >> 4);
        return Operands.Result(pretty == true ? Marshal(value, indent, prefix) : Marshal(value, null, ""));
    }

    /// <summary>How many levels of values there are: what the longest indent is made of.</summary>
    private static int Depth(RegoValue value)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        var below = 0;
        switch (value)
        {
            case RegoArray array:
                foreach (var item in array.Items) below = Math.Max(below, Depth(item));
                return below + 1;
            case RegoSet set:
                foreach (var member in set.Unordered) below = Math.Max(below, Depth(member));
                return below + 1;
            case RegoObject obj:
                foreach (var inner in obj.RawValues) below = Math.Max(below, Depth(inner));
                return below + 1;
            default:
                return 0;
        }
    }

    /// <summary>JSON with HTML's characters escaped; on lines of their own with an indent when there is one.</summary>
    public static string Marshal(RegoValue value, string? indent, string prefix)
    {
        var output = new StringBuilder();
        if (indent is not null) output.Append(prefix);
        Write(output, value, indent, "\n" + prefix);
        return output.ToString();
    }

    private static void Write(StringBuilder output, RegoValue value, string? indent, string newline)
    {
        switch (value)
        {
            case RegoString text:
                ValueWriter.JsonString(output, text.Text, escapeHtml: true);
                break;
            case RegoArray array:
                WriteList(output, array.Items, indent, newline);
                break;
            case RegoSet set:
                WriteList(output, set.Sorted, indent, newline);
                break;
            case RegoObject obj:
                WriteObject(output, obj, indent, newline);
                break;
            default:
                ValueWriter.Json(output, value);
                break;
        }
    }

    private static void WriteList(StringBuilder output, RegoValue[] items, string? indent, string newline)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        output.Append('[');
        for (var i = 0; i < items.Length; i++)
        {
            if (i > 0) output.Append(',');
            if (indent is not null) output.Append(newline).Append(indent);
            Write(output, items[i], indent, newline + indent);
        }

        if (indent is not null && items.Length > 0) output.Append(newline);
        output.Append(']');
    }

    private static void WriteObject(StringBuilder output, RegoObject obj, string? indent, string newline)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        output.Append('{');
        var entries = obj.Entries().Select(static e => (Key: ValueWriter.JsonKey(e.Key), e.Value)).OrderBy(static e => e.Key, Comparer<string>.Create(ByteText.Compare));
        var first = true;
        foreach (var (key, value) in entries)
        {
            if (!first) output.Append(',');
            first = false;
            if (indent is not null) output.Append(newline).Append(indent);
            ValueWriter.JsonString(output, key, escapeHtml: true);
            output.Append(indent is null ? ":" : ": ");
            Write(output, value, indent, newline + indent);
        }

        if (indent is not null && !first) output.Append(newline);
        output.Append('}');
    }

    /// <summary>Paths as a tree: a node without children is the end of a path.</summary>
    private static bool Paths(EvaluationContext context, RegoValue value, out PathNode root)
    {
        root = new PathNode();
        if (!Operands.List(context, value, 2, out var paths)) return false;
        foreach (var path in paths)
        {
            List<RegoValue>? steps = path switch
            {
                RegoArray array => [.. array.Items],
                RegoString text => [.. text.Text.TrimStart('/').Split('/').Select(static s => (RegoValue)Operands.Result(Unescape(s)))],
                _ => null,
            };
            if (steps is null)
            {
                var kind = value is RegoArray ? "array" : "set";
                context.FailType($"operand 2 must be one of {{set, array}} containing string paths or array of path segments but got {Operands.KindName(path)}");
                return kind.Length == 0;
            }

            if (path is RegoString { Text: "" } || steps.Count == 0) continue;
            root.Add(steps);
        }

        return true;
    }

    public static string Unescape(string step) => step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    private static RegoValue? Filter(EvaluationContext context, RegoValue value, RegoValue paths)
    {
        if (!Operands.Object(context, value, 1, out var obj) || !Paths(context, paths, out var root)) return null;
        return Keep(obj, root) ?? RegoObject.Empty;
    }

    private static RegoValue? Keep(RegoValue value, PathNode node)
    {
        if (node.IsEnd) return value;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (value)
        {
            case RegoObject obj:
                var kept = new ObjectBuilder();
                foreach (var (key, next) in node.Children)
                    if (obj.Find(key) is { } inner && Keep(inner, next) is { } part) kept.Set(key, part);
                return kept.Build();
            case RegoSet set:
                var members = new SetBuilder();
                foreach (var (key, next) in node.Children)
                    if (set.Find(key) is { } inner && Keep(inner, next) is { } part) members.Add(part);
                return members.Build();
            case RegoArray array:
                var items = new List<RegoValue>();
                for (var i = 0; i < array.Count; i++)
                    if (node.At(i) is { } next && Keep(array.Items[i], next) is { } part) items.Add(part);
                return new RegoArray([.. items]);
            default:
                return value;
        }
    }

    private static RegoValue? Remove(EvaluationContext context, RegoValue value, RegoValue paths)
    {
        if (!Operands.Object(context, value, 1, out var obj) || !Paths(context, paths, out var root)) return null;
        return root.Children.Count == 0 ? obj : Without(obj, root);
    }

    private static RegoValue Without(RegoValue value, PathNode node)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (value)
        {
            case RegoObject obj:
                var rest = new ObjectBuilder(obj.Count);
                for (var i = 0; i < obj.Count; i++)
                {
                    if (!node.Children.TryGetValue(obj.RawKey(i), out var next)) rest.Set(obj.RawKey(i), obj.RawValue(i));
                    else if (!next.IsEnd) rest.Set(obj.RawKey(i), Without(obj.RawValue(i), next));
                }

                return rest.Build();
            case RegoSet set:
                var members = new SetBuilder(set.Count);
                foreach (var member in set.Sorted)
                {
                    if (!node.Children.TryGetValue(member, out var next)) members.Add(member);
                    else if (!next.IsEnd) members.Add(Without(member, next));
                }

                return members.Build();
            case RegoArray array:
                var items = new List<RegoValue>(array.Count);
                for (var i = 0; i < array.Count; i++)
                {
                    if (node.At(i) is not { } next) items.Add(array.Items[i]);
                    else if (!next.IsEnd) items.Add(Without(array.Items[i], next));
                }

                return new RegoArray([.. items]);
            default:
                return value;
        }
    }

    private sealed class PathNode
    {
        public Dictionary<RegoValue, PathNode> Children { get; } = [];

        public bool IsEnd { get; private set; }

        public void Add(List<RegoValue> steps)
        {
            var at = this;
            foreach (var step in steps)
            {
                if (at.IsEnd) return;
                if (!at.Children.TryGetValue(step, out var next)) at.Children[step] = next = new PathNode();
                at = next;
            }

            at.IsEnd = true;
            at.Children.Clear();
        }

        /// <summary>The child for an index of an array, which paths write as a string.</summary>
        public PathNode? At(int index) =>
            Children.GetValueOrDefault(RegoValue.Of(index.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }
}
