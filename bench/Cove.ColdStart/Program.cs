using System.Diagnostics;
using System.Globalization;
using Cove.Bench.Rego;
using Cove.Policy.Enforcement;

// `write CONTAINERS RULES FILE` makes a policy; `load FILE` is the fresh process whose first touch of the engine is measured;
// `decide CONTAINERS RULES` measures create_container once everything is warm.
switch (args)
{
    case ["write", var containers, var rules, var file]:
        File.WriteAllText(file, new SamplePolicy(Number(containers), Number(rules)).Text);
        return 0;
    case ["load", var file]:
        var text = File.ReadAllText(file);
        var start = Stopwatch.GetTimestamp();
        GC.KeepAlive(new EnforcementEngine(text, PolicyData.Create([])));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:F3}"));
        return 0;
    case ["decide", var containers, var rules]:
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Decide(new SamplePolicy(Number(containers), Number(rules))):F1}"));
        return 0;
    default:
        Console.Error.WriteLine("usage: Cove.ColdStart write CONTAINERS RULES FILE | load FILE | decide CONTAINERS RULES");
        return 2;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

// Microseconds.
static double Decide(SamplePolicy sample)
{
    var engine = sample.Start();
    var (before, request) = (engine.Metadata.State, sample.Create());
    return Median.Nanoseconds(() =>
    {
        engine.Metadata.State = before;
        SamplePolicy.Allowed(engine.Ask("create_container", request));
    }) / 1e3;
}
