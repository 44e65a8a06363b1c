using Cove.Rego.Values;

namespace Cove.Rego.Tests.Builtins;

/// <summary>Evaluates one expression with strict builtin errors.</summary>
internal static class BuiltinCall
{
    /// <summary>The value as JSON, the error's message, or "undefined". Arguments are <c>input.a</c>, <c>input.b</c> and so on.</summary>
    public static string Eval(string expression, params (string Name, RegoValue Value)[] input)
    {
        try
        {
            var solutions = new RegoCompiler().Compile().Prepare("x = " + expression)
                .Evaluate(RegoObject.Of(input), data: null, new EvaluationOptions { StrictBuiltinErrors = true });
            return solutions.Count == 0 ? "undefined" : solutions[0]["x"]!.ToJson();
        }
        catch (RegoEvaluationException error)
        {
            return error.Reason;
        }
    }

    /// <summary>The same with texts as arguments.</summary>
    public static string EvalTexts(string expression, params (string Name, string Value)[] input) =>
        Eval(expression, [.. input.Select(static i => (i.Name, RegoValue.Of(i.Value)))]);
}
