using System.Buffers;
using System.Text.Json;
using Cove.Formats.Jose;

namespace Cove.Attestation.Claims;

/// <summary>
/// The claims that Microsoft Azure Attestation makes of an Azure VM, as far as evidence proves them: those on the operating system come from
/// its boot log, which is not part of this evidence.
/// </summary>
internal static class AzureGuestClaims
{
    private const string AttestedPcrs = "x-ms-azurevm-attested-pcrs";
    private const string IsolationTee = "x-ms-isolation-tee";
    private const string ProtocolVersion = "x-ms-azurevm-attestation-protocol-ver";
    private const string SecureBoot = "secureboot";
    private const string VmId = "x-ms-azurevm-vmid";

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [SecureBoot, ProtocolVersion, AttestedPcrs, VmId, IsolationTee];

    /// <param name="evidence">The evidence.</param>
    /// <param name="hardware">The claims of its hardware's evidence; they are shown as one object.</param>
    public static Dictionary<string, ClaimValue> Of(VerifiedAzureGuestEvidence evidence, IReadOnlyDictionary<string, ClaimValue> hardware)
    {
        Dictionary<string, ClaimValue> claims = new(StringComparer.Ordinal)
        {
            [ClaimNames.AttestationType] = "azurevm",
            [SecureBoot] = evidence.Report.SecureBoot,
            [ProtocolVersion] = "2.0",
            [AttestedPcrs] = new ClaimValue.Several([.. evidence.Pcrs.Keys.Select(index => (ClaimValue)index)]),
            [VmId] = evidence.Report.VmId,
            [IsolationTee] = Object(hardware),
        };
        if (evidence.CertifiedKey is not null) claims[ClaimNames.Runtime] = Runtime(evidence);
        else if (evidence.RuntimeData?.Json is { } runtime) claims[ClaimNames.Runtime] = runtime;
        if (evidence.InitTimeData?.Json is { } initTime) claims[ClaimNames.InitTime] = initTime;
        if (evidence.IsSimulated) claims[ClaimNames.Simulated] = true;
        return claims;
    }

    // The key to which the answer is encrypted, under the name that Azure's clients know, and what the client gave.
    private static ClaimValue Runtime(VerifiedAzureGuestEvidence evidence) => Object(writer =>
    {
        if (evidence.ClientPayload is { } payload)
        {
            writer.WritePropertyName("client-payload");
            payload.WriteTo(writer);
        }

        var key = evidence.CertifiedKey!;
        writer.WriteStartArray("keys");
        writer.WriteStartObject();
        writer.WriteString("e", Base64Url.Encode(key.Exponent));
        writer.WriteStartArray("key_ops");
        writer.WriteStringValue("encrypt");
        writer.WriteEndArray();
        writer.WriteString("kid", "TpmEphemeralEncryptionKey");
        writer.WriteString("kty", key.KeyType);
        writer.WriteString("n", Base64Url.Encode(key.Modulus));
        writer.WriteEndObject();
        writer.WriteEndArray();
    });

    private static ClaimValue Object(IReadOnlyDictionary<string, ClaimValue> claims) => Object(writer =>
    {
        foreach (var (name, value) in claims.OrderBy(claim => claim.Key, StringComparer.Ordinal))
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
    });

    private static ClaimValue Object(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }
}
