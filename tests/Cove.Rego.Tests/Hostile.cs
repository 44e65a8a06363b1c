using Cove.Rego.Values;

namespace Cove.Rego.Tests;

/// <summary>Evaluations under the limits for those who are not trusted, watched, so that one without end fails its test and not the run.</summary>
internal static class Hostile
{
    private static readonly TimeSpan Watch = TimeSpan.FromMinutes(2);

    public static EvaluationOptions Guarded => new() { Limits = RegoLimits.Hostile };

    /// <summary>Compiles and evaluates; the outcome must be a limit error.</summary>
    public static void Limited(string module, string entryPoint, RegoValue? input = null)
    {
        var outcome = Ends(() => new RegoCompiler().AddModule("t.rego", module).Compile().Evaluate(entryPoint, input, options: Guarded));
        Assert.Equal(RegoEvaluationProblem.Limit, Assert.IsType<RegoEvaluationException>(outcome).Problem);
    }

    /// <summary>What an evaluation throws, or null; on a thread of its own.</summary>
    public static Exception? Ends(Action evaluate)
    {
        Exception? thrown = null;
        var thread = new Thread(() => thrown = Record.Exception(evaluate), 16 << 20) { IsBackground = true };
        thread.Start();
        Assert.True(thread.Join(Watch), "the evaluation does not end");
        return thrown;
    }
}
