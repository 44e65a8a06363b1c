using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using Cove.Policy.Enforcement;

namespace Cove.Bench.Rego;

/// <summary>Our own framework with generated policies: how long until a fresh process has loaded one, and how long a decision takes.</summary>
internal static class PolicyDecisions
{
    /// <summary>The argument with which this program starts itself for a cold load.</summary>
    public const string ColdArgument = "policy-cold";
    private const int ColdRuns = 9;
    private static readonly (int Containers, int Rules)[] Sizes = [(1, 10), (20, 10), (50, 50), (50, 100), (50, 200)];

    public static void Run()
    {
        foreach (var (containers, rules) in Sizes)
        {
            var sample = new SamplePolicy(containers, rules);
            var cold = Enumerable.Range(0, ColdRuns).Select(_ => ColdLoad(containers, rules)).Order().ToArray();
            var load = Median.Nanoseconds(() => GC.KeepAlive(Load(sample.Text)));
            var engine = sample.Start();
            var (before, request) = (engine.Metadata.State, sample.Create());
            var decide = Median.Nanoseconds(() =>
            {
                engine.Metadata.State = before;
                SamplePolicy.Allowed(engine.Ask("create_container", request));
            });
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {containers,3} containers of {rules,3} rules: loaded in {cold[ColdRuns / 2],6:F1} ms by a fresh process, {load / 1e6,6:F2} ms warm; create_container {decide / 1e3,8:F1} us"));
        }
    }

    /// <summary>What a fresh process does: from the first touch of the engine to the policy being ready. Prints milliseconds.</summary>
    public static void RunCold(int containers, int rules)
    {
        var text = new SamplePolicy(containers, rules).Text;
        var start = Stopwatch.GetTimestamp();
        GC.KeepAlive(Load(text));
        var loaded = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{loaded:F3} ms, of which {JitInfo.GetCompilationTime(currentThread: true).TotalMilliseconds:F3} compiling {JitInfo.GetCompiledMethodCount(currentThread: true)} methods of the process"));
    }

    private static EnforcementEngine Load(string text) => new(text, PolicyData.Create([]));

    private static double ColdLoad(int containers, int rules)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        foreach (var argument in (string[])[ColdArgument, $"{containers}", $"{rules}"]) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var printed = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return double.Parse(printed.Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
