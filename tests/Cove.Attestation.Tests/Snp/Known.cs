using System.Globalization;
using Cove.Formats.Der;
using Cove.Tests;

namespace Cove.Attestation.Tests.Snp;

/// <summary>Recorded SNP evidence of real processors, by the paths of the vectors.</summary>
internal static class Known
{
    public static byte[] Bytes(string path)
    {
        var bytes = File.ReadAllBytes(Vectors.Path(["attestation", .. path.Split('/')]));
        return path.EndsWith(".hex", StringComparison.Ordinal) ? Convert.FromHexString(System.Text.Encoding.ASCII.GetString(bytes).Trim()) : bytes;
    }

    /// <summary>Certificates of several files, each DER or PEM.</summary>
    public static IReadOnlyList<Certificate> Certificates(params string[] paths) => [.. paths.SelectMany(path =>
    {
        var bytes = Bytes(path);
        return bytes[0] == 0x30 ? [Certificate.Parse(bytes)] : CertificatePem.Parse(bytes);
    })];

    public static SnpEvidence Evidence(string report, params string[] certificates) => new(Bytes(report), Certificates(certificates));

    public static DateTimeOffset At(string date) => DateTimeOffset.Parse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
