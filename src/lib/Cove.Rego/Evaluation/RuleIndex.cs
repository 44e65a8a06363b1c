using Cove.Rego.Analysis;
using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego.Evaluation;

/// <summary>
/// Which definitions can hold, from the constants they compare one place in the input, the data or the arguments with. The place that tells most
/// definitions apart is asked first; what remains is split again by the next.
/// </summary>
internal sealed class RuleIndex
{
    private const int WorthSplitting = 3;
    private readonly int[] _all;
    private readonly Node? _place;
    private readonly int _argument = -1;
    private readonly Dictionary<RegoValue, RuleIndex>? _byValue;
    private readonly RuleIndex? _otherwise;

    private RuleIndex(int[] all) => _all = all;

    private RuleIndex(int[] all, Place place, Dictionary<RegoValue, RuleIndex> byValue, RuleIndex otherwise)
    {
        _all = all;
        _place = place.Node;
        _argument = place.Argument;
        _byValue = byValue;
        _otherwise = otherwise;
    }

    public static RuleIndex? Build(CompiledProgram program, List<Rule> rules, Func<Rule, List<Term>?> argumentsOf)
    {
        if (rules.Exists(HasPrint)) return null;
        var conditions = rules.ConvertAll(rule => Conditions(program, rule, argumentsOf(rule)));
        var index = Split([.. Enumerable.Range(0, rules.Count)], conditions, []);
        return index._byValue is null ? null : index;
    }

    /// <summary>The definitions that can hold, in order of source.</summary>
    public int[] Candidates(EvaluationContext context, ReadOnlySpan<Cell> arguments)
    {
        var at = this;
        while (at._byValue is { } byValue)
        {
            var value = at._argument >= 0 ? arguments[at._argument].Value : PlaceValue(at._place!, context);
            at = value is not null && byValue.TryGetValue(value, out var next) ? next : at._otherwise!;
        }

        return at._all;
    }

    private static RegoValue? PlaceValue(Node place, EvaluationContext context) => place switch
    {
        InputNode input => Lookup.Path(context.Input, input.Path),
        BaseNode data => data.Read(context),
        _ => null,
    };

    private static RuleIndex Split(int[] rules, List<Dictionary<string, Condition>> conditions, HashSet<string> used)
    {
        if (rules.Length < WorthSplitting) return new RuleIndex(rules);
        var best = rules.SelectMany(r => conditions[r].Values).Where(c => !used.Contains(c.Place.Name)).GroupBy(static c => c.Place.Name)
            .Select(static g => new { Name = g.Key, g.First().Place, Count = g.Count(), Distinct = g.Select(static c => c.Value).Distinct().Count() })
            .Where(g => g.Distinct > 1 || g.Count < rules.Length || g.Distinct == 1)
            .OrderByDescending(static g => g.Distinct).ThenByDescending(static g => g.Count).FirstOrDefault();
        if (best is null) return new RuleIndex(rules);
        var inner = new HashSet<string>(used) { best.Name };
        var anywhere = rules.Where(r => !conditions[r].ContainsKey(best.Name)).ToArray();
        // Definitions that ask nothing of this place are candidates for each of its values: stop where that multiplies them.
        if (anywhere.Length * best.Distinct > 4 * rules.Length + 64) return new RuleIndex(rules);
        var byValue = new Dictionary<RegoValue, RuleIndex>();
        foreach (var group in rules.Where(r => conditions[r].ContainsKey(best.Name)).GroupBy(r => conditions[r][best.Name].Value))
            byValue[group.Key] = Split([.. group.Concat(anywhere).Order()], conditions, inner);
        return new RuleIndex(rules, best.Place, byValue, Split(anywhere, conditions, inner));
    }

    private static bool HasPrint(Rule rule) => rule.Body.Exists(static e => e.Operator == "internal.print");

    private static Dictionary<string, Condition> Conditions(CompiledProgram program, Rule rule, List<Term>? arguments)
    {
        var found = new Dictionary<string, Condition>();
        if (rule.Else is not null) return found;
        if (arguments is not null)
        {
            for (var i = 0; i < arguments.Count; i++)
                if (arguments[i] is ScalarTerm scalar) found.TryAdd($"${i}", new Condition(new Place($"${i}", null, i), scalar.Value));
        }

        foreach (var expr in rule.Body)
        {
            if (expr.Negated || expr.With.Count > 0 || expr.Arguments.Count != 2 || expr.Operator is not ("eq" or "equal")) continue;
            var (a, b) = (expr.Arguments[0], expr.Arguments[1]);
            if (a is ScalarTerm) (a, b) = (b, a);
            if (b is not ScalarTerm constant || FindPlace(program, a, arguments) is not { } place) continue;
            found.TryAdd(place.Name, new Condition(place, constant.Value));
        }

        return found;
    }

    private static Place? FindPlace(CompiledProgram program, Term term, List<Term>? arguments)
    {
        if (term is VarTerm variable)
        {
            var at = arguments?.FindIndex(t => t is VarTerm v && v.Name == variable.Name) ?? -1;
            return at < 0 ? null : new Place($"${at}", null, at);
        }

        if (term is not RefTerm { IsGround: true } reference || reference.Parts.Skip(1).Any(static p => p is not ScalarTerm)) return null;
        RegoValue[] path = [.. reference.Parts.Skip(1).Select(static p => ((ScalarTerm)p).Value)];
        if (reference.HeadName == Names.Input) return new Place(TermText.Of(reference), new InputNode(path), -1);
        if (reference.HeadName != Names.Data || program.State.Tree.Find(reference, out var taken) is not { } node || taken == reference.Parts.Count) return null;
        var document = program.Documents[node.Index];
        return document.Kind == DocumentKind.Package ? new Place(TermText.Of(reference), new BaseNode(path), -1) : null;
    }

    private sealed record Place(string Name, Node? Node, int Argument);

    private sealed record Condition(Place Place, RegoValue Value);
}
