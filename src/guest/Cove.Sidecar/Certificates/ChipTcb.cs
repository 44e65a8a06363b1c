using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Cove.Sidecar.Certificates;

/// <summary>
/// A TCB version as one number: the eight bytes of REPORTED_TCB, little-endian. Boot loader in byte 0, TEE in 1, SNP firmware in 6,
/// microcode in 7 (SEV-SNP ABI, TCB_VERSION of Milan and Genoa).
/// </summary>
internal readonly record struct ChipTcb(ulong Value)
{
    private const int ReportedTcbOffset = 384;
    private const int ChipIdOffset = 416;
    private const int ChipIdSize = 64;
    private const string LevelsOid = "1.3.6.1.4.1.3704.1.3.";

    public byte BootLoader => (byte)Value;

    public byte Tee => (byte)(Value >> 8);

    public byte Snp => (byte)(Value >> 48);

    public byte Microcode => (byte)(Value >> 56);

    /// <summary>REPORTED_TCB of a report.</summary>
    public static ChipTcb OfReport(ReadOnlySpan<byte> report) => new(BinaryPrimitives.ReadUInt64LittleEndian(report[ReportedTcbOffset..]));

    /// <summary>CHIP_ID of a report in lower-case hex.</summary>
    public static string ChipIdOf(ReadOnlySpan<byte> report) => Convert.ToHexStringLower(report.Slice(ChipIdOffset, ChipIdSize));

    /// <summary>The TCB that a VCEK certificate is for, from its extensions.</summary>
    /// <exception cref="SkrFailureException">An extension is missing or holds no level.</exception>
    public static ChipTcb OfVcek(X509Certificate2 vcek) =>
        new(Level(vcek, 1) | (Level(vcek, 2) << 8) | (Level(vcek, 3) << 48) | (Level(vcek, 8) << 56));

    private static ulong Level(X509Certificate2 vcek, int number)
    {
        var extension = vcek.Extensions.FirstOrDefault(e => e.Oid?.Value == LevelsOid + number)
            ?? throw new SkrFailureException($"the VCEK certificate has no extension {LevelsOid}{number}");
        try
        {
            var reader = new AsnReader(extension.RawData, AsnEncodingRules.DER);
            var level = reader.ReadInteger();
            reader.ThrowIfNotEmpty();
            if (level < 0 || level > byte.MaxValue) throw new SkrFailureException($"the VCEK extension {LevelsOid}{number} is {level}, no level");
            return (ulong)level;
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            throw new SkrFailureException($"the VCEK extension {LevelsOid}{number} is no INTEGER", e);
        }
    }
}
