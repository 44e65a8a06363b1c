using Cove.Outcomes;

namespace Cove.Cli.Evidence;

/// <summary>
/// Tells what a file is by what it begins with: JSON, PEM and tokens as text, everything else binary, or the same in hex or base64.
/// </summary>
internal static class GivenFile
{
    /// <summary>Largest file that is read, in bytes.</summary>
    public const int MaximumSize = 1024 * 1024;

    private const string Format = "evidence";

    // Each takes what begins as its kind does and throws when the rest does not fit. The report comes last: it begins with a small number alone.
    private static readonly Func<byte[], Given?>[] Kinds =
    [
        GivenEndorsement.Read,
        GivenQuote.Read,
        GivenCertificates.Read,
        GivenSnpReport.ReadHcl,
        GivenSnpReport.Read,
    ];

    /// <exception cref="MalformedException">It is of no kind, or not what it begins as.</exception>
    public static Given Read(byte[] file)
    {
        var text = file.AsSpan().TrimStart(" \t\r\n"u8);
        if (text is [(byte)'{', ..]) return GivenJson.Read(file);
        if (GivenToken.Read(file) is { } token) return token;
        if (text.StartsWith("-----BEGIN"u8)) return GivenCertificates.OfPem(file);
        var bytes = TextBytes.Decode(file);
        foreach (var kind in Kinds)
        {
            if (kind(bytes) is { } given) return given;
        }

        throw new MalformedException(Format, "format", "is none that cove verify knows: an SNP report, an Azure VM's HCL report, an SGX or TDX quote, a COSE endorsement, a token, a request to an attestation service, or certificates", 0);
    }
}
