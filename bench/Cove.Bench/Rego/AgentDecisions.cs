using System.Diagnostics;
using System.Globalization;
using Cove.Rego;
using Cove.Rego.Values;

namespace Cove.Bench.Rego;

/// <summary>Decisions of a large set of rules as guests of Kata Containers have them: with the prints erased, and with every line gathered.</summary>
internal static class AgentDecisions
{
    private const string Target = "OPA needs 1 to 9 ms for such rules' CreateContainerRequest (spec); the target is a tenth";

    public static void Run()
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {AgentRules.Text.Count(static c => c == '\n')} lines, {AgentRules.Text.Length} characters; {Target}"));
        Measure("prints erased", prints: false);
        Measure("prints gathered", prints: true);
    }

    private static void Measure(string title, bool prints)
    {
        var load = Time(() => GC.KeepAlive(Load(prints)));
        var policy = Load(prints);
        var lines = new List<string>();
        var options = new EvaluationOptions { OnPrint = prints ? lines.Add : null };
        var facts = (RegoObject)RegoValue.FromJson("""{"pstate": {}}""");
        double Ask(string request, RegoObject input, bool allowed)
        {
            var entry = policy.FindEntryPoint("data.agent_policy." + request);
            return Time(() =>
            {
                lines.Clear();
                var value = entry.Evaluate(input, facts, options).Value;
                if ((value is RegoObject answer ? answer["allowed"] : value) != RegoValue.Of(allowed)) throw new InvalidOperationException($"{request} gives {value}");
            }) / 1e3;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {title}: loaded in {load / 1e6:F2} ms warm; CreateContainerRequest {Ask("CreateContainerRequest", AgentRules.Create, allowed: true):F1} us, denied {Ask("CreateContainerRequest", AgentRules.CreateDenied, allowed: false):F1} us; ")
            + string.Create(CultureInfo.InvariantCulture, $"CopyFileRequest {Ask("CopyFileRequest", AgentRules.Copy, allowed: true):F2} us; ExecProcessRequest {Ask("ExecProcessRequest", AgentRules.Exec, allowed: true):F2} us"));
    }

    private static CompiledPolicy Load(bool prints) => new RegoCompiler(new RegoCompilerOptions { Print = prints }).AddModule("rules.rego", AgentRules.Text).Compile();

    /// <summary>Nanoseconds of one run: the median of batches after a warm-up.</summary>
    private static double Time(Action run)
    {
        var warmed = 0;
        for (var start = Stopwatch.GetTimestamp(); warmed < 3 || Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(800); warmed++) run();
        var size = Math.Max(1, warmed / 20);
        var times = new double[11];
        for (var batch = 0; batch < times.Length; batch++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < size; i++) run();
            times[batch] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / size;
        }

        Array.Sort(times);
        return times[times.Length / 2];
    }
}
