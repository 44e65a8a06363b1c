using Cove.Outcomes;
using Cove.Policy.Enforcement;
using Cove.Rego.Values;

namespace Cove.Policy.Explanation;

/// <summary>Findings of denials that no container is to blame for: devices, flags, state.</summary>
internal static class Plain
{
    private const string Section = "container-policy §2.8";

    internal static IReadOnlyList<Finding> For(string point, RegoObject input, Ruling.Denied denial)
    {
        if (Flag(point) is { } flag) return [new Finding("flag-not-set", flag, "true", "false or absent", Section)];
        var target = PolicyReader.Text(input["target"]) ?? PolicyReader.Text(input["unmountTarget"]) ?? PolicyReader.Text(input["containerID"]);
        return denial.Errors.Count > 0
            ? [.. denial.Errors.Select(error => One(point, target, input, error))]
            : [new Finding("denied-by-policy", point, "a request that the policy allows", "one that it does not, without a reason", Section)];
    }

    private static Finding One(string point, string? target, RegoObject input, string error) => error switch
    {
        "deviceHash not found" => new Finding(
            "layer-not-listed", "containers[*].layers", "the root hash of a layer of the policy", PolicyReader.Text(input["deviceHash"]) ?? "none", Section),
        "unencrypted scratch not allowed" => new Finding("scratch-unencrypted", "allow_unencrypted_scratch", "encrypted scratch space", $"unencrypted at {target}", Section),
        _ => new Finding("denied-by-policy", target is null ? point : $"{point}({target})", "a request that the policy allows", error, Section),
    };

    private static string? Flag(string point) => point switch
    {
        "get_properties" => "allow_properties_access",
        "dump_stacks" => "allow_dump_stacks",
        "runtime_logging" => "allow_runtime_logging",
        "host_network" => "allow_host_network",
        _ => null,
    };
}
