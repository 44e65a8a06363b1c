using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Cove.Attestation.Azure;
using Cove.Attestation.Tests.Snp;
using Cove.Attestation.Tpm;
using Cove.Formats.Jose;

namespace Cove.Attestation.Tests.Azure;

/// <summary>A confidential VM whose processor's and TPM's keys the tests hold, so that each part can be wrong in itself and rightly signed.</summary>
internal sealed class TestGuest : IDisposable
{
    public const string VmId = "2DEDC52A-6832-46CE-9910-E8C9980BF5A7";
    private readonly RSA key;

    public TestGuest(string name = "tpm") => key = TestKeys.Rsa(name);

    public TestAuthority Authority { get; } = new();

    public byte[][] Pcrs { get; } = [.. Enumerable.Range(0, TpmQuote.PcrCount).Select(i => SHA256.HashData([(byte)i]))];

    public string Claims(bool secureBoot = true, string keyId = "HCLAkPub")
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return $$$"""
            {"keys":[{"kid":"{{{keyId}}}","key_ops":["sign"],"kty":"RSA","e":"AQAB","n":"{{{Base64Url.Encode(parameters.Modulus)}}}"},
            {"kid":"HCLEkPub","key_ops":["encrypt"],"kty":"RSA","e":"AQAB","n":"{{{Base64Url.Encode(parameters.Modulus)}}}"}],
            "vm-configuration":{"console-enabled":true,"secure-boot":{{{(secureBoot ? "true" : "false")}}},"tpm-enabled":true,"vmUniqueId":"{{{VmId}}}"},"user-data":"00"}
            """;
    }

    /// <summary>An HCL report as the NV index holds it, with zeros to its end.</summary>
    public byte[] Report(string? claims = null, byte[]? hardware = null)
    {
        var json = Encoding.UTF8.GetBytes(claims ?? Claims());
        var report = hardware ?? Authority.Report(bytes => SHA256.HashData(json).CopyTo(bytes, 0x50));
        var buffer = new byte[2600];
        "HCLA"u8.CopyTo(buffer);
        foreach (var (at, value) in (ReadOnlySpan<(int, int)>)[(4, 2), (8, 32 + 1184 + 20 + json.Length), (12, 2), (1216, 20 + json.Length), (1220, 1), (1224, 2), (1228, 1), (1232, json.Length)])
            BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(at), value);
        report.CopyTo(buffer, 32);
        json.CopyTo(buffer, 1236);
        return buffer;
    }

    /// <summary>A TPMS_ATTEST over these PCRs.</summary>
    public byte[] Attest(byte[] nonce, params int[] selected)
    {
        var bits = new byte[3];
        foreach (var index in selected) bits[index / 8] |= (byte)(1 << (index % 8));
        var digest = SHA256.HashData([.. selected.Order().SelectMany(index => Pcrs[index])]);
        return
        [
            0xFF, 0x54, 0x43, 0x47, 0x80, 0x18, 0, 34, 0, 0x0B, .. new byte[32], 0, (byte)nonce.Length, .. nonce, .. new byte[17], .. new byte[8],
            0, 0, 0, 1, 0, 0x0B, 3, .. bits, 0, 32, .. digest,
        ];
    }

    public byte[] Sign(byte[] message) => key.SignData(message, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    public TpmQuote Quote(byte[] nonce, params int[] selected)
    {
        var message = Attest(nonce, selected);
        return TpmQuote.Parse(message, Sign(message), Values());
    }

    public IReadOnlyList<ReadOnlyMemory<byte>> Values() => [.. Pcrs.Select(value => (ReadOnlyMemory<byte>)value)];

    public AzureGuestEvidence Evidence(byte[] report, TpmQuote quote) => AzureGuestEvidence.OfSnp(report, quote, [Authority.ChipCertificate, Authority.Issuer, Authority.Root]);

    public void Dispose()
    {
        key.Dispose();
        Authority.Dispose();
    }
}
