using System.Globalization;
using Cove.Bench;
using Cove.Bench.Attestation;
using Cove.Bench.Images;
using Cove.Bench.Rego;
using Cove.Bench.Keys;
using Cove.Bench.Volumes;

// One line a subcommand: its name, what it measures, and the method. Each measures its yardstick in the same run and prints the ratio.
Benchmark[] benchmarks =
[
    new("images", "layer tar to dm-verity root, MB/s, next to openssl's SHA-256", LayerHashing.Run),
    new("attestation", "SNP reports verified and tokens issued, next to openssl's P-384 and RSA", Verification.Run),
    new("quotes", "SGX and TDX quotes verified, next to openssl's P-256", QuoteVerification.Run),
    new("service", "tokens a second and p99 of the attestation service under 64 clients over TLS, next to openssl's signatures", ServiceThroughput.Run),
    new("release", "key releases a second on one core, next to the RSA operations in each", KeyRelease.Run),
    new("releases", "key releases a second and p99 of the key service under 64 clients over TLS, next to openssl's RSA and ECDSA", ReleaseThroughput.Run),
    new("volume", "a file of an encrypted volume read, next to dd of the plain file and openssl's AES-256-XTS", VolumeReading.Run),
    new("rego", "Rego programs evaluated, next to the fastest of three other engines", PolicyEvaluation.Run),
    new("agent-rules", "decisions of 1,800 lines of rules as a Kata guest's agent has them", AgentDecisions.Run),
    new("policies", "our framework with generated policies: loaded by a fresh process, and a decision", PolicyDecisions.Run),
];

if (args is [PolicyDecisions.ColdArgument, var containers, var rules])
{
    PolicyDecisions.RunCold(int.Parse(containers, CultureInfo.InvariantCulture), int.Parse(rules, CultureInfo.InvariantCulture));
    return 0;
}

var chosen = args.Length == 0 ? benchmarks : benchmarks.Where(b => args.Contains(b.Name, StringComparer.Ordinal)).ToArray();
if (chosen.Length == 0)
{
    Console.Error.WriteLine($"bench: error: no such benchmark: {string.Join(' ', args)}");
    foreach (var benchmark in benchmarks) Console.Error.WriteLine($"bench: hint: {benchmark.Name}: {benchmark.Measures}");
    return 2;
}

foreach (var benchmark in chosen)
{
    Console.WriteLine($"{benchmark.Name}: {benchmark.Measures}");
    benchmark.Run();
}

return 0;
