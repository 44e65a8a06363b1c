using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

/// <summary>Signs a request for AWS with Signature Version 4 and gives it back with the headers that this takes.</summary>
internal static class AwsBuiltins
{
    private static readonly string[] Required = ["aws_access_key", "aws_region", "aws_secret_access_key", "aws_service"];

    /// <summary>Headers that proxies change are not signed.</summary>
    private static readonly string[] Unsigned = ["authorization", "user-agent", "x-amzn-trace-id"];

    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("providers.aws.sign_req", "(object[str: any], object[str: any], num) -> obj") { Many = SignRequest },
    ];

    private static RegoValue? SignRequest(EvaluationContext context, RegoValue[] arguments)
    {
        if (!Operands.Object(context, arguments[0], 1, out var request) || !Operands.Object(context, arguments[1], 1, out var config)) return null;
        if (Named(static (c, n) => c[n] is null, config, Required) is { } missing) return context.FailType($"operand 2 missing required AWS config parameters(s): {missing}");
        if (Named(static (c, n) => c[n] is not RegoString, config, Required) is { } invalid)
            return context.FailType($"operand 2 invalid values for required AWS config parameters(s): {invalid}");
        if (!Operands.Number(context, arguments[2], 1, out var time)) return null;
        if (!time.IsInt64) return context.FailType("operand 3 could not convert time_ns value into a unix timestamp");
        if (NetworkBuiltins.RequestProblem(request) is { } problem) return context.FailType(problem);
        if (request["headers"] is not (null or RegoObject)) return context.FailOperand(0, "object", Operands.KindName(request["headers"]!));
        if (Named(static (r, n) => r[n] is not RegoString, request, ["method", "url"]) is { } wrong)
            return context.FailType($"operand 1 invalid values for required request parameters(s): {wrong}");
        if (config["disable_payload_signing"] is not (null or RegoBoolean)) return context.FailType("operand 2 invalid value for 'disable_payload_signing' in AWS config");
        var headers = Sign(request, config, DateTimeOffset.UnixEpoch.AddTicks(time.Int64 / 100));
        return request.With("headers", headers);
    }

    private static RegoSet? Named(Func<RegoObject, string, bool> isWrong, RegoObject obj, string[] names)
    {
        var found = names.Where(n => isWrong(obj, n)).Select(static n => RegoValue.Of(n)).ToArray();
        return found.Length == 0 ? null : RegoSet.Of(found);
    }

    private static string Text(RegoObject obj, string name) => (obj[name] as RegoString)?.Text ?? "";

    private static RegoObject Sign(RegoObject request, RegoObject config, DateTimeOffset time)
    {
        var service = Text(config, "aws_service");
        var isS3 = service is "s3" or "glacier";
        var body = config["disable_payload_signing"] == RegoValue.True ? "UNSIGNED-PAYLOAD" : Hex(SHA256.HashData(ByteText.ToBytes(Body(request))));
        var stamp = time.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var url = GoUrl.Parse(Text(request, "url"));
        var added = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["host"] = url.Host, ["x-amz-date"] = stamp };
        if (isS3) added["x-amz-content-sha256"] = body;
        if (Text(config, "aws_session_token") is { Length: > 0 } token) added["x-amz-security-token"] = token;

        var signed = new SortedDictionary<string, string>(added, StringComparer.Ordinal);
        var result = new ObjectBuilder();
        foreach (var (key, value) in (request["headers"] as RegoObject ?? RegoObject.Empty).Entries())
        {
            var (name, text) = ((key as RegoString)?.Text ?? "", (value as RegoString)?.Text ?? "");
            result.Set(new RegoString(name), new RegoString(text));
            if (!Unsigned.Contains(name.ToLowerInvariant())) signed[name.ToLowerInvariant()] = text;
        }

        var names = string.Join(';', signed.Keys);
        var canonical = $"{Text(request, "method")}\n{url.EscapedPath}\n{url.Query}\n{string.Concat(signed.Select(static h => $"{h.Key}:{h.Value}\n"))}\n{names}\n{body}";
        var scope = $"{stamp[..8]}/{Text(config, "aws_region")}/{service}/aws4_request";
        var key4 = Mac(Encoding.UTF8.GetBytes("AWS4" + Text(config, "aws_secret_access_key")), stamp[..8]);
        foreach (var step in (ReadOnlySpan<string>)[Text(config, "aws_region"), service, "aws4_request"]) key4 = Mac(key4, step);
        var signature = Hex(Mac(key4, $"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{Hex(SHA256.HashData(ByteText.ToBytes(canonical)))}"));
        var authorization = $"AWS4-HMAC-SHA256 Credential={Text(config, "aws_access_key")}/{scope},SignedHeaders={names},Signature={signature}";
        result.Set(new RegoString("Authorization"), new RegoString(authorization));
        foreach (var (name, value) in added) result.Set(new RegoString(name), new RegoString(value));
        return result.Build();
    }

    private static string Body(RegoObject request)
    {
        if (request["raw_body"] is { } raw) return (raw as RegoString)?.Text ?? "";
        return request["body"] is { } body ? JsonBuiltins.Marshal(body, null, "") : "";
    }

    private static byte[] Mac(byte[] key, string text) => HMACSHA256.HashData(key, ByteText.ToBytes(text));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
