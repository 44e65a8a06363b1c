using Cove.Attestation.Snp;
using Cove.Formats.Der;

namespace Cove.Cli.Evidence;

/// <summary>Certificates as users have them: PEM, one DER, a host's certificate table, the JSON of Azure's host (THIM), or that in base64.</summary>
internal static class CertificateFile
{
    /// <summary>Largest file that is read, in bytes.</summary>
    public const int MaximumSize = CertificatePem.MaximumLength;

    private const byte DerSequence = 0x30;

    /// <exception cref="Outcomes.MalformedException">It is none of these.</exception>
    public static IReadOnlyList<Certificate> Parse(byte[] file)
    {
        var start = file.AsSpan().TrimStart(" \t\r\n"u8);
        if (start is [(byte)'{', ..]) return ThimCertification.Parse(file).Certificates;
        if (start.StartsWith("-----BEGIN"u8)) return CertificatePem.Parse(file);
        var decoded = TextBytes.Decode(file);
        if (decoded != file) return Parse(decoded);
        if (start is [DerSequence, ..]) return [Certificate.Parse(file)];
        return SnpCertificateTable.IsOne(file) ? SnpCertificateTable.Parse(file) : CertificatePem.Parse(file);
    }
}
