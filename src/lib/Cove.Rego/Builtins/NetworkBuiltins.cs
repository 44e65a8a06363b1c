using System.Net;
using System.Net.Sockets;
using Cove.Rego.Evaluation;
using Cove.Rego.Network;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

/// <summary>Builtins that reach out: what they are asked is checked as in the field; without a network among the capabilities they fail then.</summary>
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
        new("net.lookup_ip_addr", "(str) -> set[str]") { NeedsNetwork = true, One = Lookup },
    ];

    private static RegoValue? Send(EvaluationContext context, RegoValue request)
    {
        if (!Operands.Object(context, request, 1, out var fields)) return null;
        if (RequestProblem(fields) is { } problem) return context.FailType(problem);
        if (context.Network is not { } network) return context.Fail(NoNetwork);
        // One answer to one question in an evaluation.
        return context.Once("http.send", fields, () => new HttpExchange(network, fields).Run(context));
    }

    private static RegoValue? Lookup(EvaluationContext context, RegoValue operand)
    {
        if (!Operands.Text(context, operand, 1, out var name)) return null;
        if (context.Network is not { } network) return context.Fail(NoNetwork);
        return network.Allows(name) ? context.Once("net.lookup_ip_addr", operand, () => Resolve(context, network, name)) : context.Fail($"unallowed host: {name}");
    }

    private static RegoValue? Resolve(EvaluationContext context, RegoNetwork network, string name)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.Options.Cancellation);
        limit.CancelAfter(network.Timeout < context.Limits.MaxDuration ? network.Timeout : context.Limits.MaxDuration);
        try
        {
            var found = Task.Run(() => Dns.GetHostAddressesAsync(name, limit.Token), limit.Token).GetAwaiter().GetResult();
            return RegoSet.Of([.. found.Select(static address => RegoValue.Of(address.ToString()))]);
        }
        catch (OperationCanceledException) when (context.Options.Cancellation.IsCancellationRequested)
        {
            throw new RegoEvaluationException(RegoEvaluationProblem.Cancelled, "eval_cancel_error", "caller cancelled query execution");
        }
        catch (Exception failed) when (failed is SocketException or ArgumentException or OperationCanceledException)
        {
            return context.Fail($"lookup {name}: {failed.Message}");
        }
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
