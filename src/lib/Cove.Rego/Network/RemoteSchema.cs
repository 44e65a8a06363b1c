using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Network;

/// <summary>A schema that another refers to, from the network: asked for once in an evaluation.</summary>
internal static class RemoteSchema
{
    private const int Found = 200;

    /// <exception cref="FormatException">There is no network, or no schema there.</exception>
    public static RegoObject Fetch(EvaluationContext context, Uri address)
    {
        if (context.Network is not { } network) throw new FormatException($"remote reference loading disabled: {address}");
        var url = RegoValue.Of(address.AbsoluteUri);
        var request = RegoObject.Of(("method", RegoValue.Of("GET")), ("url", url), ("force_json_decode", RegoValue.True));
        var answer = context.Once("json.match_schema", url, () => new HttpExchange(network, request).Run(context)) as RegoObject
            ?? throw new FormatException($"the schema {address} could not be fetched");
        if (answer["status_code"] != RegoValue.Of(Found)) throw new FormatException($"the schema {address} is not there: {answer["status"]}");
        return answer["body"] as RegoObject ?? throw new FormatException($"what {address} gives is no schema");
    }
}
