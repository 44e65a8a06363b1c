using System.Text;
using System.Text.Json;
using Cove.Sidecar.Grpc;
using Cove.Sidecar.GoText;

namespace Cove.Sidecar.KeyProvider;

/// <summary>
/// The request of the ocicrypt key-provider protocol. Its own <c>op</c> member is not read: the method that was called says which it is.
/// Refusals never repeat the request, which holds a plain key.
/// </summary>
internal static class KeyProviderInput
{
    private const string AgentParameter = "attestation-agent";
    private const string AgentName = "skr";

    /// <summary>What to wrap and with which key: <c>skr:PATH</c> in the encryption parameters.</summary>
    /// <exception cref="GrpcException">It is not such a request. The caller zeroes the data.</exception>
    public static (string KeyPath, byte[] Data) ParseWrap(ReadOnlyMemory<byte> json)
    {
        using var document = Parse(json);
        return Reading("Ill-formed key provider input", () =>
        {
            var parameters = document.RootElement.Member("keywrapparams");
            var agent = Agent(parameters.Member("ec").Member("Parameters"), "the encryption config parameters");
            var colon = agent.IndexOf(':', StringComparison.Ordinal);
            RequireAgent(colon < 0 ? agent : agent[..colon]);
            if (colon < 0 || colon == agent.Length - 1) throw Refused("Key id is not provided in the request");
            return (agent[(colon + 1)..], Reading("Optsdata is not base64 encoding", () => ByteField.Read(parameters.Member("optsdata"))));
        });
    }

    /// <summary>The annotation to unwrap.</summary>
    /// <exception cref="GrpcException">It is not such a request.</exception>
    public static AnnotationPacket ParseUnwrap(ReadOnlyMemory<byte> json)
    {
        using var document = Parse(json);
        return Reading("Ill-formed key provider input", () =>
        {
            var parameters = document.RootElement.Member("keyunwrapparams");
            RequireAgent(Agent(parameters.Member("dc").Member("Parameters"), "decryption config parameters"));
            var annotation = Reading("Annotation is not a base64 encoding", () => ByteField.Read(parameters.Member("annotation")));
            return Reading("Ill-formed annotation packet", () => AnnotationPacket.Parse(annotation));
        });
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonDocument.Parse(json);
        }
        catch (JsonException e)
        {
            throw Refused($"Ill-formed key provider input. Error: no JSON at byte {e.BytePositionInLine}", e);
        }
    }

    private static string Agent(JsonElement parameters, string where)
    {
        var values = parameters.Member(AgentParameter);
        if (values.ValueKind != JsonValueKind.Array || values.GetArrayLength() == 0)
            throw Refused($"{AgentParameter} must be specified in {where}");
        return Encoding.UTF8.GetString(ByteField.Read(values[0]));
    }

    private static void RequireAgent(string name)
    {
        if (!name.Equals(AgentName, StringComparison.OrdinalIgnoreCase))
            throw Refused($"Unexpected attestation agent {name} specified. Perhaps you send the request to a wrong endpoint?");
    }

    private static T Reading<T>(string what, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is SkrFailureException or InvalidOperationException)
        {
            throw Refused($"{what}. Error: {e.Message}", e);
        }
    }

    private static GrpcException Refused(string problem, Exception? inner = null) => new(GrpcStatus.InvalidArgument, problem, inner);
}
