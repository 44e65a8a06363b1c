using Cove.Rego;

namespace Cove.Cli.Commands.Rego;

/// <summary>An explanation as indented lines: each rule, the expression that failed, what it failed on, and the rules behind it.</summary>
internal static class ExplanationPage
{
    public static void Write(Action<string> line, RegoExplanation explanation, int depth = 0)
    {
        var indent = new string(' ', 2 * depth);
        if (explanation.Rules.Count == 0) line($"{indent}{explanation.Document}: no rule gives it a value");
        foreach (var rule in explanation.Rules)
        {
            if (rule.Held)
            {
                line($"{indent}✓ {explanation.Document} holds, {rule.File}:{rule.Row}");
                continue;
            }

            if (rule.Failed is not { } failed)
            {
                line($"{indent}· {explanation.Document} was not tried, {rule.File}:{rule.Row}");
                continue;
            }

            line($"{indent}✗ {explanation.Document} fails at {failed.File}:{failed.Row}: {failed.Text}");
            foreach (var (name, value) in failed.Bindings) line($"{indent}    {name} is {Shortened(value.ToString())}");
            foreach (var name in failed.Undefined) line($"{indent}    {name} is not there");
            foreach (var behind in failed.Because) Write(line, behind, depth + 1);
        }
    }

    private static string Shortened(string text) => text.Length <= 120 ? text : text[..117] + "...";
}
