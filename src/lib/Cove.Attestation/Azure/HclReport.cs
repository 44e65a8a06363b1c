using System.Text.Json;
using Cove.Attestation.Snp;
using Cove.Formats.Binary;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Attestation.Azure;

/// <summary>
/// What the paravisor of an Azure confidential VM leaves in the virtual TPM (NV index 0x01400001): a hardware report, and the claims that its
/// report data binds, among them the TPM's attestation key. Parsing verifies nothing.
/// </summary>
public sealed class HclReport
{
    /// <summary>Longest buffer that is read, in bytes: that of the NV index.</summary>
    public const int MaximumSize = 16 * 1024;

    /// <summary>Bytes of a TDREPORT.</summary>
    public const int TdReportSize = 1024;

    private const string Format = "HCL report";
    private const string AttestationKeyId = "HCLAkPub";
    private const int HeaderReserved = 12;
    private const int HeaderSize = 32;
    private const int RuntimeHeaderSize = 20;
    private const uint RuntimeVersion = 1;
    private const uint Sha256 = 1;
    private const int VmIdLength = 36;

    private HclReport(HclHardware hardware, byte[] report, RuntimeData claims, RsaJwk attestationKey, string vmId, bool secureBoot)
    {
        Hardware = hardware;
        HardwareReport = report;
        RuntimeClaims = claims;
        AttestationKey = attestationKey;
        VmId = vmId;
        SecureBoot = secureBoot;
    }

    /// <summary>Whose report it is.</summary>
    public HclHardware Hardware { get; }

    /// <summary>The ATTESTATION_REPORT (1184 bytes), or the TDREPORT (1024 bytes), which a quote has to be made of.</summary>
    public ReadOnlyMemory<byte> HardwareReport { get; }

    /// <summary>The claims exactly as they were hashed into the report data: a JSON object with the TPM's public keys and the VM's configuration.</summary>
    public RuntimeData RuntimeClaims { get; }

    /// <summary>The TPM's attestation key, by the claims: what its quotes are signed with.</summary>
    public RsaJwk AttestationKey { get; }

    /// <summary>vmUniqueId of the claims: a GUID as text.</summary>
    public string VmId { get; }

    /// <summary>secure-boot of the claims.</summary>
    public bool SecureBoot { get; }

    /// <summary>Parses the buffer. Zeros may follow the report, because the NV index is larger than it.</summary>
    /// <exception cref="MalformedException">
    /// It is no such report, is of a virtual machine without confidential hardware (trusted launch), binds its claims with another hash than
    /// SHA-256, or the claims lack the attestation key or the VM's configuration.
    /// </exception>
    public static HclReport Parse(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length > MaximumSize) throw new MalformedException(Format, "length", $"is {buffer.Length} bytes, at most {MaximumSize} are read");
        var at = new ByteReader(Format, buffer);
        if (!at.Bytes("signature", 4).SequenceEqual("HCLA"u8)) throw new MalformedException(Format, "signature", "is not HCLA", 0);
        var version = at.UInt32("version");
        if (version is not (1 or 2)) throw new MalformedException(Format, "version", $"is {version}, expected 1 or 2", 4);
        var size = at.UInt32("report size");
        at.UInt32("request type");
        at.UInt32("status");
        at.Bytes("reserved", HeaderReserved);
        var report = at.Bytes("hardware report", SnpReport.Size);
        var dataSize = at.UInt32("data size");
        if (size != HeaderSize + SnpReport.Size + (ulong)dataSize) throw new MalformedException(Format, "report size", $"is {size}, its parts are {HeaderSize} + {SnpReport.Size} + {dataSize}", 8);
        var runtimeVersion = at.UInt32("runtime data version");
        if (runtimeVersion != RuntimeVersion) throw new MalformedException(Format, "runtime data version", $"is {runtimeVersion}, expected {RuntimeVersion}", at.Offset - sizeof(uint));
        var hardware = ReadHardware(at.UInt32("report type"), at.Offset - sizeof(uint));
        var hash = at.UInt32("report data hash type");
        if (hash != Sha256) throw new MalformedException(Format, "report data hash type", $"is {hash}, expected {Sha256} (SHA-256)", at.Offset - sizeof(uint));
        var claimsSize = at.UInt32("variable data size");
        if (claimsSize > MaximumSize || dataSize != RuntimeHeaderSize + claimsSize) throw new MalformedException(Format, "variable data size", $"is {claimsSize} in {dataSize} bytes of data", at.Offset - sizeof(uint));
        var claims = RuntimeData.OfJson(at.Bytes("runtime claims", (int)claimsSize));
        at.Zero("after the report", at.Remaining);
        return Read(hardware, report, claims);
    }

    /// <summary>The report of its parts, as a client sends them that has taken it apart.</summary>
    /// <param name="hardware">Whose report it is.</param>
    /// <param name="report">The ATTESTATION_REPORT; empty where a quote was made of the TDREPORT already.</param>
    /// <param name="claims">The claims, exactly as they were.</param>
    /// <exception cref="MalformedException">The claims are no JSON object, or lack the attestation key or the VM's configuration.</exception>
    public static HclReport Of(HclHardware hardware, ReadOnlySpan<byte> report, RuntimeData claims)
    {
        if (hardware == HclHardware.Snp && report.Length != SnpReport.Size) throw new MalformedException(Format, "hardware report", $"is {report.Length} bytes, expected {SnpReport.Size}");
        if (hardware == HclHardware.Tdx && !report.IsEmpty) throw new MalformedException(Format, "hardware report", "is there beside its quote");
        return ReadClaims(hardware, report, claims);
    }

    private static HclHardware ReadHardware(uint type, int offset) => (HclHardware)type is HclHardware.Snp or HclHardware.Tdx
        ? (HclHardware)type
        : throw new MalformedException(Format, "report type", $"is {type}, expected 2 (SNP) or 4 (TDX)", offset);

    private static HclReport Read(HclHardware hardware, ReadOnlySpan<byte> report, RuntimeData claims)
    {
        if (hardware == HclHardware.Tdx && report[TdReportSize..].ContainsAnyExcept((byte)0)) throw new MalformedException(Format, "hardware report", "has something after the TDREPORT", HeaderSize + TdReportSize);
        return ReadClaims(hardware, hardware == HclHardware.Tdx ? report[..TdReportSize] : report, claims);
    }

    private static HclReport ReadClaims(HclHardware hardware, ReadOnlySpan<byte> report, RuntimeData claims)
    {
        if (claims.Json is not { } root) throw new MalformedException(Format, "runtime claims", "are not a JSON object");
        if (!root.TryGetProperty("keys", out var keys) || keys.ValueKind != JsonValueKind.Array) throw new MalformedException(Format, "keys", "are missing");
        if (!root.TryGetProperty("vm-configuration", out var configuration) || configuration.ValueKind != JsonValueKind.Object) throw new MalformedException(Format, "vm-configuration", "is missing");
        var vmId = StrictJson.RequiredString(configuration, "vmUniqueId", Format);
        if (vmId.Length != VmIdLength || !Guid.TryParseExact(vmId, "D", out _)) throw new MalformedException(Format, "vmUniqueId", "is not a GUID");
        if (!configuration.TryGetProperty("secure-boot", out var secureBoot) || secureBoot.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            throw new MalformedException(Format, "secure-boot", "is missing or not a truth value");
        return new HclReport(hardware, report.ToArray(), claims, ReadKey(keys), vmId, secureBoot.GetBoolean());
    }

    private static RsaJwk ReadKey(JsonElement keys)
    {
        var found = keys.EnumerateArray().Where(key => key.ValueKind == JsonValueKind.Object && key.TryGetProperty("kid", out var id) && id.ValueKind == JsonValueKind.String && id.ValueEquals(AttestationKeyId)).ToList();
        if (found.Count != 1) throw new MalformedException(Format, "keys", $"have {found.Count} named {AttestationKeyId}, expected one");
        return Jwk.Parse(found[0]) as RsaJwk ?? throw new MalformedException(Format, AttestationKeyId, "is not an RSA key");
    }
}
