using System.Formats.Asn1;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation.Dcap;

/// <summary>The certificate of a platform's provisioning certification key, with Intel's extension read. Parsing does not verify it.</summary>
public sealed class PckCertificate
{
    /// <summary>Bytes of an FMSPC.</summary>
    public const int FmspcSize = 6;

    /// <summary>Bytes of a PCEID.</summary>
    public const int PceIdSize = 2;

    internal const string Format = "PCK certificate";
    internal const string CommonName = "Intel SGX PCK Certificate";

    internal PckCertificate(Certificate certificate) => Certificate = certificate;

    /// <summary>The certificate itself.</summary>
    public Certificate Certificate { get; }

    /// <summary>PPID, 16 bytes: which platform.</summary>
    public required ReadOnlyMemory<byte> Ppid { get; init; }

    /// <summary>The versions for which the key was derived.</summary>
    public required PckTcb Tcb { get; init; }

    /// <summary>PCEID, 2 bytes.</summary>
    public required ReadOnlyMemory<byte> PceId { get; init; }

    /// <summary>FMSPC, 6 bytes: family, model, stepping, platform type and custom SKU; TCB info is looked up by it.</summary>
    public required ReadOnlyMemory<byte> Fmspc { get; init; }

    /// <summary>How memory is protected: 0 standard, 1 scalable, 2 scalable with integrity.</summary>
    public required int SgxType { get; init; }

    /// <summary>Platform instance id, 16 bytes; empty in certificates of the processor CA.</summary>
    public required ReadOnlyMemory<byte> PlatformInstanceId { get; init; }

    /// <summary>Whether the platform may get packages added later; null where the certificate does not say.</summary>
    public required bool? DynamicPlatform { get; init; }

    /// <summary>Whether Intel keeps the platform's root keys; null where the certificate does not say.</summary>
    public required bool? CachedKeys { get; init; }

    /// <summary>Whether simultaneous multi-threading is on; null where the certificate does not say.</summary>
    public required bool? SmtEnabled { get; init; }

    /// <summary>The name by which Intel's service knows the issuer: <c>processor</c> or <c>platform</c>.</summary>
    public string AuthorityName => Certificate.Issuer.CommonName.Contains("Processor", StringComparison.Ordinal) ? "processor" : "platform";

    /// <summary>Whether the subject names a PCK certificate at all.</summary>
    public static bool IsOne(Certificate certificate) => certificate.Subject.CommonName == CommonName;

    /// <summary>Reads Intel's extension.</summary>
    /// <exception cref="MalformedException">It is not a PCK certificate, or a member of the extension is missing, doubled or unreadable.</exception>
    public static PckCertificate Parse(Certificate certificate)
    {
        if (!IsOne(certificate)) throw new MalformedException(Format, "subject", $"is \"{certificate.Subject.CommonName}\", expected {CommonName}");
        try
        {
            return PckExtension.Read(certificate);
        }
        catch (AsnContentException bad)
        {
            throw new MalformedException(Format, "SGX extension", $"cannot be read: {bad.Message}", inner: bad);
        }
    }
}
