using System.Buffers;
using System.Text.Json;

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
        if (evidence.RuntimeData?.Json is { } runtime) claims[ClaimNames.Runtime] = runtime;
        if (evidence.InitTimeData?.Json is { } initTime) claims[ClaimNames.InitTime] = initTime;
        if (evidence.IsSimulated) claims[ClaimNames.Simulated] = true;
        return claims;
    }

    private static ClaimValue Object(IReadOnlyDictionary<string, ClaimValue> claims)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in claims.OrderBy(claim => claim.Key, StringComparer.Ordinal))
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }
}
