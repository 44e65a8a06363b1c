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
        // The first round is for the compiler: it goes on making the engine faster while that runs.
        for (var round = 0; round < 2; round++)
        {
            foreach (var (title, prints) in (ReadOnlySpan<(string, bool)>)[("prints erased", false), ("prints gathered", true)])
            {
                var line = Measure(title, prints);
                if (round == 1) Console.WriteLine(line);
            }
        }
    }

    private static string Measure(string title, bool prints)
    {
        var load = Median.Nanoseconds(() => GC.KeepAlive(Load(prints)));
        var policy = Load(prints);
        var lines = new List<string>();
        var options = new EvaluationOptions { OnPrint = prints ? lines.Add : null };
        var facts = (RegoObject)RegoValue.FromJson("""{"pstate": {}}""");
        double Ask(string request, RegoObject input, bool allowed)
        {
            var entry = policy.FindEntryPoint("data.agent_policy." + request);
            return Median.Nanoseconds(() =>
            {
                lines.Clear();
                var value = entry.Evaluate(input, facts, options).Value;
                if ((value is RegoObject answer ? answer["allowed"] : value) != RegoValue.Of(allowed)) throw new InvalidOperationException($"{request} gives {value}");
            }) / 1e3;
        }

        return string.Create(CultureInfo.InvariantCulture,
            $"  {title}: loaded in {load / 1e6:F2} ms warm; CreateContainerRequest {Ask("CreateContainerRequest", AgentRules.Create, allowed: true):F1} us, denied {Ask("CreateContainerRequest", AgentRules.CreateDenied, allowed: false):F1} us; ")
            + string.Create(CultureInfo.InvariantCulture, $"CopyFileRequest {Ask("CopyFileRequest", AgentRules.Copy, allowed: true):F2} us; ExecProcessRequest {Ask("ExecProcessRequest", AgentRules.Exec, allowed: true):F2} us");
    }

    private static CompiledPolicy Load(bool prints) => new RegoCompiler(new RegoCompilerOptions { Print = prints }).AddModule("rules.rego", AgentRules.Text).Compile();
}
