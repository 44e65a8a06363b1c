using System.Buffers.Binary;
using Cove.Attestation.Azure;

namespace Cove.Fuzz.Targets;

/// <summary>The report that an Azure confidential VM's TPM holds.</summary>
internal sealed class HclReports : ITarget
{
    private const int HardwareReportSize = 1184;

    public string Name => "hcl";

    public IEnumerable<string> Words => ["\"keys\"", "\"kid\"", "\"HCLAkPub\"", "\"HCLEkPub\"", "\"key_ops\"", "\"vm-configuration\"", "\"secure-boot\"", "\"vmUniqueId\"", "\"user-data\"", "\"n\"", "\"e\"", "\"AQAB\""];

    public IEnumerable<byte[]> Seeds(SeedFiles files)
    {
        var modulus = Convert.ToBase64String(Enumerable.Repeat((byte)0xC5, 256).ToArray()).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        var claims = System.Text.Encoding.UTF8.GetBytes(
            $$$"""{"keys":[{"kid":"HCLAkPub","key_ops":["sign"],"kty":"RSA","e":"AQAB","n":"{{{modulus}}}"}],"vm-configuration":{"console-enabled":true,"secure-boot":true,"tpm-enabled":true,"vmUniqueId":"0E3E5C8C-6C4B-4A3F-8A4B-2A2A5C1D9F00"},"user-data":"00"}""");
        foreach (var hardware in files.Attestation("coco-trustee/snp/e2e-genoa-report.rebuilt.bin"))
        {
            var report = new byte[32 + HardwareReportSize + 20 + claims.Length];
            "HCLA"u8.CopyTo(report);
            Write(4, 2);
            Write(8, 32 + HardwareReportSize + 20 + claims.Length);
            Write(12, 2);
            hardware.CopyTo(report, 32);
            Write(1216, 20 + claims.Length);
            Write(1220, 1);
            Write(1224, 2);
            Write(1228, 1);
            Write(1232, claims.Length);
            claims.CopyTo(report, 1236);
            yield return report;

            void Write(int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(report.AsSpan(at), value);
        }
    }

    public void Run(byte[] input)
    {
        using var key = HclReport.Parse(input).AttestationKey;
        key.Thumbprint();
    }
}
