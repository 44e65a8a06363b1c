using System.Text;
using System.Text.RegularExpressions;
using Cove.Rego.Evaluation;
using Cove.Rego.Patterns;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

internal static class RegexBuiltins
{
    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("regex.is_valid", "(str) -> bool") { One = IsValid },
        new("regex.match", "(str, str) -> bool") { Two = IsMatch },
        new("re_match", "(str, str) -> bool") { IsDeprecated = true, Two = IsMatch },
        new("regex.split", "(str, str) -> array[str]") { Two = Split },
        new("regex.find_n", "(str, str, num) -> array[str]") { Many = Find },
        new("regex.find_all_string_submatch_n", "(str, str, num) -> array[array[str]]") { Many = FindGroups },
        new("regex.replace", "(str, str, str) -> str") { Many = Replace },
    ];

    private static Re2? Compile(EvaluationContext context, string pattern)
    {
        try
        {
            return context.Program.Patterns.Regex(pattern);
        }
        catch (RegexSyntaxException error)
        {
            context.Fail(error.Message);
            return null;
        }
    }

    private static RegoValue IsValid(EvaluationContext context, RegoValue value)
    {
        if (value is not RegoString pattern) return RegoValue.False;
        try
        {
            context.Program.Patterns.Regex(pattern.Text);
            return RegoValue.True;
        }
        catch (RegexSyntaxException)
        {
            return RegoValue.False;
        }
    }

    private static RegoValue? IsMatch(EvaluationContext context, RegoValue pattern, RegoValue value)
    {
        if (!Operands.Text(context, pattern, 1, out var text) || !Operands.Text(context, value, 2, out var subject)) return null;
        context.CountSteps(subject.Length / 64);
        return Compile(context, text) is { } regex ? RegoValue.Of(regex.IsMatch(subject)) : null;
    }

    private static RegoValue? Split(EvaluationContext context, RegoValue pattern, RegoValue value)
    {
        if (!Operands.Text(context, pattern, 1, out var text) || !Operands.Text(context, value, 2, out var subject)) return null;
        if (Compile(context, text) is not { } regex) return null;
        var parts = new List<RegoValue>();
        var start = 0;
        foreach (var match in regex.FindAll(subject, -1, context))
        {
            if (text.Length > 0 && subject.Length == 0) break;
            if (match.Length == 0 && (match.Index == 0 || match.Index == subject.Length)) continue;
            parts.Add(Operands.Result(subject[start..match.Index]));
            start = match.Index + match.Length;
        }

        parts.Add(Operands.Result(subject[start..]));
        return new RegoArray([.. parts]);
    }

    private static RegoValue? Find(EvaluationContext context, RegoValue[] arguments)
    {
        if (!Subject(context, arguments, out var regex, out var subject, out var limit)) return null;
        return new RegoArray([.. regex.FindAll(subject, limit, context).Select(static m => Operands.Result(m.Value))]);
    }

    private static RegoValue? FindGroups(EvaluationContext context, RegoValue[] arguments)
    {
        if (!Subject(context, arguments, out var regex, out var subject, out var limit)) return null;
        return new RegoArray([.. regex.FindAll(subject, limit, context).Select(static m => new RegoArray([.. m.Groups.Values.Select(static g => Operands.Result(g.Value))]))]);
    }

    private static bool Subject(EvaluationContext context, RegoValue[] arguments, out Re2 regex, out string subject, out int limit)
    {
        (regex, limit) = (null!, 0);
        if (!Operands.Text(context, arguments[0], 1, out var pattern) | !Operands.Text(context, arguments[1], 2, out subject)) return false;
        if (!Operands.Int(context, arguments[2], 3, out limit)) return false;
        regex = Compile(context, pattern)!;
        return regex is not null;
    }

    private static RegoValue? Replace(EvaluationContext context, RegoValue[] arguments)
    {
        if (!Operands.Text(context, arguments[0], 1, out var subject) || !Operands.Text(context, arguments[1], 2, out var pattern)) return null;
        if (!Operands.Text(context, arguments[2], 3, out var with)) return null;
        if (Compile(context, pattern) is not { } regex) return null;
        var names = regex.GroupNames;
        var output = new StringBuilder();
        var start = 0;
        foreach (var match in regex.FindAll(subject, -1, context))
        {
            output.Append(subject, start, match.Index - start);
            Expand(output, with, match, names);
            start = match.Index + match.Length;
            if (output.Length > context.Limits.MaxBuiltinElements) throw RegoEvaluationException.Limit("regex.replace would produce too long a string");
        }

        output.Append(subject, start, subject.Length - start);
        return Operands.Result(ByteText.Normalize(output.ToString()));
    }

    /// <summary>$1, ${1}, $name, ${name} and $$; a name is as long as it can be; unknown groups are empty.</summary>
    private static void Expand(StringBuilder output, string template, Match match, IReadOnlyDictionary<string, int> names)
    {
        for (var i = 0; i < template.Length; i++)
        {
            if (template[i] != '$' || i + 1 >= template.Length)
            {
                output.Append(template[i]);
                continue;
            }

            if (template[i + 1] == '$')
            {
                output.Append('$');
                i++;
                continue;
            }

            var braced = template[i + 1] == '{';
            var start = i + (braced ? 2 : 1);
            var end = start;
            while (end < template.Length && (char.IsLetterOrDigit(template[end]) || template[end] == '_')) end++;
            if (end == start || (braced && (end >= template.Length || template[end] != '}')))
            {
                output.Append('$');
                continue;
            }

            var name = template[start..end];
            var number = int.TryParse(name, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var n) ? n : names.GetValueOrDefault(name, -1);
            if (number >= 0 && number < match.Groups.Count) output.Append(match.Groups[number].Value);
            i = braced ? end : end - 1;
        }
    }
}
