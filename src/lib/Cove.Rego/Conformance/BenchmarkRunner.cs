using System.Diagnostics;
using Cove.Rego.Values;

namespace Cove.Rego.Conformance;

/// <summary>What one benchmark program came to.</summary>
/// <param name="Name">The program's name.</param>
/// <param name="NanosecondsPerEvaluation">The median of the batches after warm-up.</param>
/// <param name="AllocatedBytes">Bytes allocated by one evaluation.</param>
/// <param name="PrepareMilliseconds">From the modules' text to the first answer, the first time in this process.</param>
/// <param name="IsDefined">Whether there is an answer.</param>
/// <param name="EqualsWant">Whether the answer is the program's expected one; null for a query, of which nothing is expected.</param>
public sealed record BenchmarkResult(string Name, double NanosecondsPerEvaluation, long AllocatedBytes, double PrepareMilliseconds, bool IsDefined, bool? EqualsWant);

/// <summary>Runs benchmark programs: modules, data, input and the entry point's expected value in one JSON file.</summary>
public static class BenchmarkRunner
{
    private const int Batches = 15;
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan Batch = TimeSpan.FromMilliseconds(30);

    /// <summary>Measures one program. The input is read and the policy prepared before the clock starts.</summary>
    /// <param name="utf8">The program: <c>{"name", "rego_version", "entrypoint", "modules", "data", "input", "want", "want_defined"}</c>.</param>
    /// <exception cref="RegoJsonException">The file is not JSON.</exception>
    /// <exception cref="FormatException">The file is not a program.</exception>
    /// <exception cref="RegoCompileException">The program does not compile.</exception>
    public static BenchmarkResult Run(ReadOnlySpan<byte> utf8)
    {
        if (RegoValue.FromJson(utf8) is not RegoObject program || program["modules"] is not RegoArray modules || program["entrypoint"] is not RegoString entry)
            throw new FormatException("not a benchmark program: an object with \"modules\" and \"entrypoint\" is expected");
        var start = Stopwatch.GetTimestamp();
        var compiler = new RegoCompiler(new RegoCompilerOptions { V1 = (program["rego_version"] as RegoString)?.Value != "v0" });
        for (var i = 0; i < modules.Count; i++) compiler.AddModule($"module-{i}.rego", ((RegoString)modules[i]).Text);
        var entryPoint = compiler.Compile().FindEntryPoint(entry.Value);
        var (input, data) = (program["input"], program["data"] as RegoObject);
        var result = entryPoint.Evaluate(input, data);
        var prepare = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var wanted = program["want_defined"] == RegoValue.False ? !result.IsDefined : result.IsDefined && RegoValue.FromJson(result.Value.ToJson()) == program["want"];
        var (nanoseconds, bytes) = Measure(() => entryPoint.Evaluate(input, data));
        return new BenchmarkResult((program["name"] as RegoString)?.Value ?? "", nanoseconds, bytes, prepare, result.IsDefined, wanted);
    }

    /// <summary>Measures one query.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="prepare">Compiles the modules and the query; measured too.</param>
    /// <param name="input">The input; null for none.</param>
    /// <param name="data">The base document; null for an empty one.</param>
    /// <param name="options">Limits, clock and the rest.</param>
    /// <exception cref="RegoCompileException">The modules or the query do not compile.</exception>
    /// <exception cref="RegoEvaluationException">The evaluation does not come to an answer.</exception>
    public static BenchmarkResult Run(string name, Func<RegoQuery> prepare, RegoValue? input, RegoObject? data, EvaluationOptions? options = null)
    {
        var start = Stopwatch.GetTimestamp();
        var query = prepare();
        var solutions = query.Evaluate(input, data, options);
        var prepared = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var (nanoseconds, bytes) = Measure(() => query.Evaluate(input, data, options));
        return new BenchmarkResult(name, nanoseconds, bytes, prepared, solutions.Count > 0, null);
    }

    private static (double Nanoseconds, long Bytes) Measure<T>(Func<T> evaluate)
    {
        var warmed = 0;
        for (var start = Stopwatch.GetTimestamp(); warmed < 3 || Stopwatch.GetElapsedTime(start) < WarmUp; warmed++) evaluate();
        var size = (int)Math.Clamp(warmed * Batch.TotalSeconds / WarmUp.TotalSeconds, 1, 1_000_000);
        var times = new double[Batches];
        var bytes = long.MaxValue;
        for (var batch = 0; batch < Batches; batch++)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < size; i++) evaluate();
            times[batch] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / size;
            bytes = Math.Min(bytes, (GC.GetAllocatedBytesForCurrentThread() - allocated) / size);
        }

        Array.Sort(times);
        return (times[Batches / 2], bytes);
    }
}
