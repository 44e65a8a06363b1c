using Cove.Attestation.Sgx;
using Cove.Attestation.Tdx;
using Cove.Formats.Binary;
using Cove.Outcomes;

namespace Cove.Attestation.Dcap;

/// <summary>The fields of a quote in their order, with the rules of each version (DCAP quote format; versions 3, 4 and 5).</summary>
internal static class QuoteLayout
{
    /// <summary>Bytes of the header.</summary>
    public const int HeaderSize = 48;

    private const string Format = "DCAP quote";
    private const ushort EcdsaP256 = 2;
    private const int PointSize = 64;
    private const int SignatureSize = 64;
    private const ushort QeReportCertificationData = 6;
    private static readonly byte[] Intel = Convert.FromHexString("939a7233f79c4ca9940a0db3957f0607");

    private readonly record struct Header(ushort Version, QuoteTee Tee, ushort QeSvn, ushort PceSvn, byte[] UserData);

    public static Quote Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Quote.MaximumSize)
            throw new MalformedException(Format, "length", $"is {bytes.Length} bytes, at most {Quote.MaximumSize} are taken", Quote.MaximumSize);
        var copy = bytes.ToArray();
        var at = new ByteReader(Format, copy);
        var header = ReadHeader(ref at);
        var (sgx, td) = header.Version == 5 ? ReadTypedBody(ref at, copy, header.Tee) : ReadBody(ref at, copy, header.Tee);
        var signedSize = at.Offset;
        var signatureSize = at.UInt32("signature data length");
        if (signatureSize > at.Remaining)
            throw new MalformedException(Format, "signature data length", $"is {signatureSize}, {at.Remaining} bytes are left", at.Offset - 4);
        var end = at.Offset + (int)signatureSize;

        var signature = Next(ref at, copy, "signature", SignatureSize);
        var key = Next(ref at, copy, "attestation key", PointSize);
        if (header.Version > 3) EnterCertificationData(ref at, end);
        var qeReport = SgxReportBody.Read(ref at, copy, "QE report ");
        var qeSignature = Next(ref at, copy, "QE report signature", SignatureSize);
        var authentication = Next(ref at, copy, "QE authentication data", at.UInt16("QE authentication data length"));
        var type = ReadCertificationType(ref at);
        var certification = Next(ref at, copy, "certification data", Length(ref at, "certification data length"));
        if (at.Offset != end) throw new MalformedException(Format, "signature data", $"ends at {end}, its parts at {at.Offset}", at.Offset);

        return new Quote
        {
            Bytes = copy.AsMemory(0, end),
            TrailingLength = copy.Length - end,
            Version = header.Version,
            Tee = header.Tee,
            QeSvn = header.QeSvn,
            PceSvn = header.PceSvn,
            UserData = header.UserData,
            Sgx = sgx,
            Td = td,
            Signed = copy.AsMemory(0, signedSize),
            Signature = signature,
            AttestationKey = key,
            QeReport = qeReport,
            QeReportSignature = qeSignature,
            QeAuthenticationData = authentication,
            CertificationType = type,
            CertificationData = certification,
        };
    }

    private static Header ReadHeader(ref ByteReader at)
    {
        var version = at.UInt16("version");
        if (version is < 3 or > 5) throw new MalformedException(Format, "version", $"is {version}, expected 3, 4 or 5", 0);
        var keyType = at.UInt16("attestation key type");
        if (keyType != EcdsaP256) throw new MalformedException(Format, "attestation key type", $"is {keyType}, expected 2 (ECDSA P-256)", 2);
        var tee = at.UInt32("TEE type");
        if (tee is not ((uint)QuoteTee.Sgx or (uint)QuoteTee.Tdx) || (version == 3 && tee != (uint)QuoteTee.Sgx))
            throw new MalformedException(Format, "TEE type", $"is 0x{tee:x}, expected {(version == 3 ? "0 (SGX)" : "0 (SGX) or 0x81 (TDX)")}", 4);
        var (qeSvn, pceSvn) = (at.UInt16("QE SVN"), at.UInt16("PCE SVN"));
        var vendor = at.Bytes("QE vendor id", 16);
        if (!vendor.SequenceEqual(Intel))
            throw new MalformedException(Format, "QE vendor id", $"is {Convert.ToHexStringLower(vendor)}, expected Intel's", 12);
        return new Header(version, (QuoteTee)tee, qeSvn, pceSvn, at.Bytes("user data", 20).ToArray());
    }

    private static (SgxReportBody? Sgx, TdReportBody? Td) ReadBody(ref ByteReader at, byte[] whole, QuoteTee tee) =>
        tee == QuoteTee.Sgx ? (SgxReportBody.Read(ref at, whole, ""), null) : (null, TdReportBody.Read(ref at, whole, TdReportBody.Size10));

    private static (SgxReportBody? Sgx, TdReportBody? Td) ReadTypedBody(ref ByteReader at, byte[] whole, QuoteTee tee)
    {
        var type = at.UInt16("body type");
        var expected = type switch
        {
            1 => SgxReportBody.Size,
            2 => TdReportBody.Size10,
            3 => TdReportBody.Size15,
            _ => throw new MalformedException(Format, "body type", $"is {type}, expected 1 (SGX), 2 (TDX 1.0) or 3 (TDX 1.5)", HeaderSize),
        };
        if (type == 1 != (tee == QuoteTee.Sgx))
            throw new MalformedException(Format, "body type", $"is {type}, which is not of the TEE type {tee}", HeaderSize);
        var size = at.UInt32("body size");
        if (size != expected) throw new MalformedException(Format, "body size", $"is {size}, expected {expected}", HeaderSize + 2);
        return type == 1 ? (SgxReportBody.Read(ref at, whole, ""), null) : (null, TdReportBody.Read(ref at, whole, expected));
    }

    // From version 4 on, the quoting enclave's part is wrapped once more.
    private static void EnterCertificationData(ref ByteReader at, int end)
    {
        var offset = at.Offset;
        var type = at.UInt16("certification data type");
        if (type != QeReportCertificationData)
            throw new MalformedException(Format, "certification data type", $"is {type}, expected 6 (QE report)", offset);
        var length = at.UInt32("certification data length");
        if (length != end - at.Offset)
            throw new MalformedException(Format, "certification data length", $"is {length}, expected {end - at.Offset}", offset + 2);
    }

    private static CertificationType ReadCertificationType(ref ByteReader at)
    {
        var offset = at.Offset;
        var type = at.UInt16("QE certification data type");
        return type is >= (ushort)CertificationType.PpidClear and <= (ushort)CertificationType.PckChain
            ? (CertificationType)type
            : throw new MalformedException(Format, "QE certification data type", $"is {type}, expected 1 to 5", offset);
    }

    private static int Length(ref ByteReader at, string field)
    {
        var length = at.UInt32(field);
        return length <= at.Remaining
            ? (int)length
            : throw new MalformedException(Format, field, $"is {length}, {at.Remaining} bytes are left", at.Offset - 4);
    }

    private static Memory<byte> Next(ref ByteReader at, byte[] whole, string field, int count)
    {
        var start = at.Offset;
        at.Bytes(field, count);
        return whole.AsMemory(start, count);
    }
}
