using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

/// <summary>Builtins that reach out: what they are asked is checked as in the field, and then there is no network.</summary>
internal static class NetworkBuiltins
{
    private const string NoNetwork = "the network is not available to policies";

    private static readonly HashSet<string> RequestFields =
    [
        "method", "url", "body", "enable_redirect", "force_json_decode", "force_yaml_decode", "headers", "raw_body", "tls_use_system_certs", "tls_ca_cert",
        "tls_ca_cert_file", "tls_ca_cert_env_variable", "tls_client_cert", "tls_client_cert_file", "tls_client_cert_env_variable", "tls_client_key",
        "tls_client_key_file", "tls_client_key_env_variable", "tls_insecure_skip_verify", "tls_server_name", "timeout", "cache", "force_cache",
        "force_cache_duration_seconds", "raise_error", "caching_mode", "max_retry_attempts", "cache_ignored_headers",
    ];

    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("http.send", "(object[str: any]) -> obj") { NeedsNetwork = true, One = Send },
        new("net.lookup_ip_addr", "(str) -> set[str]") { NeedsNetwork = true, One = static (c, a) => Operands.Text(c, a, 1, out _) ? c.Fail(NoNetwork) : null },
    ];

    private static RegoValue? Send(EvaluationContext context, RegoValue request)
    {
        if (!Operands.Object(context, request, 1, out var fields)) return null;
        return RequestProblem(fields) is { } problem ? context.FailType(problem) : context.Fail(NoNetwork);
    }

    /// <summary>What is wrong with the fields of a request, or null.</summary>
    public static string? RequestProblem(RegoObject fields)
    {
        var unknown = fields.Entries().Where(static e => e.Key is not RegoString { Text: var name } || !RequestFields.Contains(name)).Select(static e => e.Key).ToArray();
        if (unknown.Length > 0) return $"operand 1 invalid request parameters(s): {RegoSet.Of(unknown)}";
        var missing = new[] { "method", "url" }.Where(name => fields[name] is null).Select(static name => RegoValue.Of(name)).ToArray();
        return missing.Length > 0 ? $"operand 1 missing required request parameters(s): {RegoSet.Of(missing)}" : null;
    }
}
