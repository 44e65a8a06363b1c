using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Cove.Attestation;
using Cove.Formats.Der;
using Cove.Formats.Jose;
using Cove.Runtime.Simulation;

namespace Cove.Services.Tests.Attestation;

/// <summary>An Azure VM's side of its attestation protocol, on a simulated processor and with a TPM whose keys the test holds.</summary>
internal sealed class AzureGuestClient : IDisposable
{
    public const string VmId = "2DEDC52A-6832-46CE-9910-E8C9980BF5A7";
    private readonly RSA _attestationKey = RSA.Create(2048);
    private readonly RSA _encryptionKey = RSA.Create(2048);
    private readonly SimulatedChip _chip;
    private readonly byte[][] _pcrs = [.. Enumerable.Range(0, 24).Select(i => SHA256.HashData([(byte)i]))];

    public AzureGuestClient(SimulatedChip chip) => _chip = chip;

    /// <summary>A request; <paramref name="change"/> may spoil what is inside it.</summary>
    public string Request(Action<JsonObject>? change = null)
    {
        var claims = Encoding.UTF8.GetBytes($$$"""
            {"keys":[{"kid":"HCLAkPub","key_ops":["sign"],"kty":"RSA","e":"AQAB","n":"{{{Base64Url.Encode(_attestationKey.ExportParameters(false).Modulus)}}}"}],
            "vm-configuration":{"console-enabled":true,"secure-boot":true,"tpm-enabled":true,"vmUniqueId":"{{{VmId}}}"},"user-data":"00"}
            """);
        var launch = new SimulatedLaunch(new byte[48], new byte[32], SimulatedLaunch.ContainerGroupPolicy);
        var report = SimulatedProcessor.Launch(_chip, launch).GetReport(ReportData.FromRuntimeData(claims).Bytes, 0);
        var proof = new JsonObject { ["SnpReport"] = Base64Url.Encode(report), ["VcekCertChain"] = Base64Url.Encode(Encoding.ASCII.GetBytes(CertificatePem.Write(_chip.Certification.Certificates))) };
        var (quote, certification) = (Quote(0, 1, 2, 3, 4, 5, 6, 7), Certification(Public(_encryptionKey)));
        var info = new JsonObject
        {
            ["AttestationProtocolVersion"] = "2.0",
            ["OSType"] = Convert.ToBase64String("Linux"u8),
            ["TcgLogs"] = Convert.ToBase64String(new byte[64]),
            ["ClientPayload"] = new JsonObject { ["nonce"] = Convert.ToBase64String("my nonce"u8) },
            ["TpmInfo"] = new JsonObject
            {
                ["AikPub"] = Convert.ToBase64String(Public(_attestationKey)),
                ["PcrQuote"] = Convert.ToBase64String(quote),
                ["PcrSignature"] = Convert.ToBase64String(Sign(quote)),
                ["EncKeyPub"] = Convert.ToBase64String(Public(_encryptionKey)),
                ["EncKeyCertifyInfo"] = Convert.ToBase64String(certification),
                ["EncKeyCertifyInfoSignature"] = Convert.ToBase64String(Sign(certification)),
                ["PcrSet"] = new JsonArray(0, 1, 2, 3, 4, 5, 6, 7),
                ["PCRs"] = new JsonArray([.. Enumerable.Range(0, 8).Select(i => (JsonNode)new JsonObject { ["Index"] = i, ["Digest"] = Convert.ToBase64String(_pcrs[i]) })]),
            },
            ["IsolationInfo"] = new JsonObject
            {
                ["Type"] = "SevSnp",
                ["Evidence"] = new JsonObject { ["Proof"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(proof.ToJsonString())), ["RunTimeData"] = Convert.ToBase64String(claims) },
            },
        };
        change?.Invoke(info);
        return new JsonObject { ["AttestationInfo"] = Base64Url.Encode(Encoding.UTF8.GetBytes(info.ToJsonString())) }.ToJsonString();
    }

    /// <summary>The token in an answer, which only this VM's TPM can open.</summary>
    public string Open(string answer)
    {
        var envelope = JsonNode.Parse(Base64Url.Decode(answer.AsSpan(), "answer", "token"))!;
        byte[] Bytes(JsonNode? node) => Convert.FromBase64String(node!.GetValue<string>());
        var ciphertext = Bytes(envelope["Jwt"]);
        var plaintext = new byte[ciphertext.Length];
        using var aes = new AesGcm(_encryptionKey.Decrypt(Bytes(envelope["EncryptedInnerKey"]), RSAEncryptionPadding.Pkcs1), 16);
        aes.Decrypt(Bytes(envelope["EncryptionParams"]!["Iv"]), ciphertext, Bytes(envelope["AuthenticationData"]), plaintext, "Transport Key"u8);
        return Encoding.ASCII.GetString(plaintext);
    }

    /// <summary>The public area of another key, which the TPM did not certify.</summary>
    public static string OtherKey()
    {
        using var other = RSA.Create(2048);
        return Convert.ToBase64String(Public(other));
    }

    public void Dispose()
    {
        _attestationKey.Dispose();
        _encryptionKey.Dispose();
    }

    private static byte[] Public(RSA key)
    {
        byte[] area = [0, 1, 0, 0x0B, 0, 2, 0, 0x72, 0, 0, 0, 0x10, 0, 0x10, 8, 0, 0, 0, 0, 0, 1, 0, .. key.ExportParameters(false).Modulus!];
        return [.. Big((ushort)area.Length), .. area];
    }

    private static byte[] Certification(byte[] key) =>
        [0xFF, 0x54, 0x43, 0x47, 0x80, 0x17, 0, 0, 0, 0, .. new byte[25], 0, 34, 0, 0x0B, .. SHA256.HashData(key.AsSpan(2)), 0, 0];

    private static byte[] Big(ushort value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        return bytes;
    }

    private byte[] Quote(params int[] selected)
    {
        var bits = new byte[3];
        foreach (var index in selected) bits[index / 8] |= (byte)(1 << (index % 8));
        return [0xFF, 0x54, 0x43, 0x47, 0x80, 0x18, 0, 0, 0, 0, .. new byte[25], 0, 0, 0, 1, 0, 0x0B, 3, .. bits, 0, 32, .. SHA256.HashData([.. selected.SelectMany(index => _pcrs[index])])];
    }

    private byte[] Sign(byte[] message) => _attestationKey.SignData(message, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
}
