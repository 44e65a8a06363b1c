using System.Globalization;
using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Attestation.Maa;

/// <summary>What every request to attest may carry beside the evidence.</summary>
internal static class RequestFields
{
    /// <summary>Longest nonce, in characters.</summary>
    public const int MaximumNonceLength = 1024;

    /// <summary>Runtime or init-time data; null where it is absent or empty.</summary>
    // The SKR sidecar always sends {"data":"","dataType":""} for data that it does not have.
    public static RuntimeData? Data(JsonElement body, string name, string format)
    {
        if (MaaJson.Member(body, name, format) is not { } given) return null;
        if (given.ValueKind != JsonValueKind.Object) throw new MalformedException(format, name, "is not an object");
        var type = MaaJson.Text(given, "dataType", format);
        if (MaaJson.Bytes(given, "data", format) is not { } data) return null;
        if (string.Equals(type, "JSON", StringComparison.OrdinalIgnoreCase)) return RuntimeData.OfJson(data);
        if (string.Equals(type, "Binary", StringComparison.OrdinalIgnoreCase)) return RuntimeData.OfBinary(data);
        throw new MalformedException(format, name, $"has dataType \"{type}\", expected JSON or Binary");
    }

    /// <summary>The nonce; null where there is none.</summary>
    public static string? Nonce(JsonElement body, string format)
    {
        if (MaaJson.Member(body, "nonce", format) is not { } nonce) return null;
        // The SKR sidecar sends an unsigned 64-bit number where the API documents a string.
        var text = nonce.ValueKind switch
        {
            JsonValueKind.String => nonce.GetString()!,
            JsonValueKind.Number when nonce.TryGetUInt64(out var number) => number.ToString(CultureInfo.InvariantCulture),
            _ => throw new MalformedException(format, "nonce", "is neither a string nor a whole number below 2^64"),
        };
        return text.Length <= MaximumNonceLength ? text : throw new MalformedException(format, "nonce", $"is longer than {MaximumNonceLength} characters");
    }

    /// <summary>The policy to try; null where there is none.</summary>
    public static string? Draft(JsonElement body, string format) => MaaJson.Text(body, "draftPolicyForAttestation", format) is { Length: > 0 } draft ? draft : null;
}
