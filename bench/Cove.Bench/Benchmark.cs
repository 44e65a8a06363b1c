namespace Cove.Bench;

/// <summary>A subcommand.</summary>
internal sealed record Benchmark(string Name, string Measures, Action Run);
