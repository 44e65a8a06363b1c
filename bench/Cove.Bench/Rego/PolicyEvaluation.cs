using System.Globalization;
using Cove.Rego.Conformance;

namespace Cove.Bench.Rego;

/// <summary>Rego programs, each next to the fastest of three other engines as measured once on a machine of this class (<c>peers.tsv</c>).</summary>
internal static class PolicyEvaluation
{
    public static void Run()
    {
        if (FindPrograms() is not { } folder)
        {
            Console.WriteLine("  skipped: the shared vectors are not here (set COVE_VECTORS, or put them in ../shared/vectors)");
            return;
        }

        var peers = File.ReadLines(Path.Combine(folder, "peers.tsv")).Skip(1).Select(static line => line.Split('\t'))
            .ToDictionary(static row => row[0], static row => row.Skip(1).Where(static cell => cell.Length > 0).Min(static cell => double.Parse(cell, CultureInfo.InvariantCulture)));
        var (logarithms, count) = (0.0, 0);
        foreach (var file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            var result = BenchmarkRunner.Run(File.ReadAllBytes(file));
            if (result.EqualsWant != true) throw new InvalidOperationException($"{result.Name} does not give the expected value");
            var ratio = peers[Path.GetFileNameWithoutExtension(file)] / result.NanosecondsPerEvaluation;
            logarithms += Math.Log(ratio);
            count++;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {result.Name,-24} {result.NanosecondsPerEvaluation,12:F0} ns  {result.AllocatedBytes,9} bytes  {ratio,7:F2} times the fastest peer's speed"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  geometric mean of {count} programs: {Math.Exp(logarithms / count):F2} times the fastest peer's speed"));
    }

    private static string? FindPrograms()
    {
        if (Environment.GetEnvironmentVariable("COVE_VECTORS") is { Length: > 0 } set) return Existing(Path.Combine(set, "rego-bench"));
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (Existing(Path.Combine(at.FullName, "..", "shared", "vectors", "rego-bench")) is { } found) return found;
        return null;
    }

    private static string? Existing(string folder) => Directory.Exists(folder) ? Path.GetFullPath(folder) : null;
}
