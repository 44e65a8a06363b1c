using System.Text.Json;
using Cove.Attestation.Maa.Policies;

namespace Cove.Attestation.Maa.JmesPath;

/// <summary>A JMESPath query (jmespath.org), as the policy function of that name takes it.</summary>
internal sealed class JmesQuery
{
    private const int MaximumLength = 16 * 1024;
    private const int MaximumSteps = 1_000_000;
    private readonly JmesNode _root;

    private JmesQuery(JmesNode root) => _root = root;

    /// <exception cref="PolicyEvaluationException">It is no query.</exception>
    public static JmesQuery Parse(string text) => text.Length <= MaximumLength
        ? new JmesQuery(new JmesParser(text).Parse())
        : throw new PolicyEvaluationException($"a query is longer than {MaximumLength} characters");

    /// <summary>The result, as JSON text.</summary>
    /// <exception cref="PolicyEvaluationException">A function was given what it does not take, or the search takes too long.</exception>
    public string Search(JsonElement json) => JmesValues.ToJson(new Run().Apply(_root, JmesValues.FromJson(json)));

    private sealed class Run
    {
        private int _steps;

        public object? Apply(JmesNode node, object? current)
        {
            if (++_steps > MaximumSteps) throw new PolicyEvaluationException($"a query takes more than {MaximumSteps} steps");
            return node switch
            {
                JmesNode.Identity => current,
                JmesNode.Literal literal => literal.Value,
                JmesNode.Field field => current is OrderedDictionary<string, object?> members && members.TryGetValue(field.Name, out var value) ? value : null,
                JmesNode.Index index => current is List<object?> list && (index.At < 0 ? list.Count + index.At : index.At) is var at && at >= 0 && at < list.Count ? list[(int)at] : null,
                JmesNode.Slice slice => current is List<object?> list ? Slice(list, slice) : null,
                JmesNode.Chain chain => Apply(chain.Right, Apply(chain.Left, current)),
                JmesNode.Flatten flatten => Apply(flatten.Of, current) is List<object?> list ? list.SelectMany(item => item as List<object?> ?? [item]).ToList() : null,
                JmesNode.ListProjection projection => Project(projection, Apply(projection.Left, current)),
                JmesNode.ValueProjection projection => Apply(projection.Left, current) is OrderedDictionary<string, object?> members ? Each(projection.Right, members.Values) : null,
                JmesNode.Compare compare => Compare(Apply(compare.Left, current), compare.Operator, Apply(compare.Right, current)),
                JmesNode.And and => Apply(and.Left, current) is var left && JmesValues.IsTrue(left) ? Apply(and.Right, current) : left,
                JmesNode.Or or => Apply(or.Left, current) is var left && JmesValues.IsTrue(left) ? left : Apply(or.Right, current),
                JmesNode.Not not => !JmesValues.IsTrue(Apply(not.Of, current)),
                JmesNode.MultiList list => current is null ? null : list.Items.Select(item => Apply(item, current)).ToList(),
                JmesNode.MultiHash hash => current is null ? null : Hash(hash, current),
                _ => Call((JmesNode.Call)node, current),
            };
        }

        private object? Call(JmesNode.Call call, object? current)
        {
            List<object?> arguments = [.. call.Arguments.Select(argument => Apply(argument, current))];
            try
            {
                return call.Function.Apply(arguments);
            }
            catch (OverflowException)
            {
                throw new PolicyEvaluationException($"{call.Function.Name} of a JMESPath query goes out of range");
            }
        }

        private OrderedDictionary<string, object?> Hash(JmesNode.MultiHash hash, object current)
        {
            var members = JmesValues.Object([]);
            foreach (var (name, item) in hash.Items) members[name] = Apply(item, current);
            return members;
        }

        private List<object?>? Project(JmesNode.ListProjection projection, object? left)
        {
            if (left is not List<object?> list) return null;
            return Each(projection.Right, projection.Filter is { } filter ? list.Where(item => JmesValues.IsTrue(Apply(filter, item))) : list);
        }

        private List<object?> Each(JmesNode right, IEnumerable<object?> items) => [.. items.Select(item => Apply(right, item)).Where(result => result is not null)];

        private static object? Compare(object? left, string comparison, object? right) => comparison switch
        {
            "==" => JmesValues.AreEqual(left, right),
            "!=" => !JmesValues.AreEqual(left, right),
            _ when left is not decimal || right is not decimal => null,
            "<" => (decimal)left < (decimal)right,
            "<=" => (decimal)left <= (decimal)right,
            ">" => (decimal)left > (decimal)right,
            _ => (decimal)left >= (decimal)right,
        };

        private static List<object?> Slice(List<object?> list, JmesNode.Slice slice)
        {
            var (count, step) = ((long)list.Count, slice.Step);
            var (lowest, highest) = step < 0 ? (-1L, count - 1) : (0L, count);
            var start = slice.Start is { } from ? Clamp(from) : step < 0 ? highest : lowest;
            var stop = slice.Stop is { } to ? Clamp(to) : step < 0 ? lowest : highest;
            List<object?> result = [];
            for (var i = start; step < 0 ? i > stop : i < stop; i += step) result.Add(list[(int)i]);
            return result;
            long Clamp(long at) => Math.Clamp(at < 0 ? at + count : at, lowest, highest);
        }
    }
}
