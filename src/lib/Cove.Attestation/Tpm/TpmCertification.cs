using System.Buffers.Binary;
using System.Security.Cryptography;
using Cove.Formats.Binary;
using Cove.Outcomes;

namespace Cove.Attestation.Tpm;

/// <summary>
/// A TPM's word that a key is in it: the structure that TPM2_Certify signs (TPM 2.0 part 2, 10.12.8 and 10.12.3, TPMS_ATTEST with
/// TPMS_CERTIFY_INFO), its signature (RSASSA-PKCS1-v1_5 with SHA-256), and the key. Parsing verifies nothing.
/// </summary>
public sealed class TpmCertification
{
    private const string Format = "TPM certification";
    private const string Section = "TPM 2.0 part 2, 10.12";
    private const int MaximumSize = 1024;
    private const int MaximumSignature = 1024;
    private const int MaximumField = 68;
    private const uint Magic = 0xFF544347;
    private const ushort CertifyType = 0x8017;
    private const int ClockInfoSize = 17;
    private readonly byte[] _message;
    private readonly byte[] _signature;
    private readonly byte[] _name;

    private TpmCertification(byte[] message, byte[] signature, byte[] name, TpmPublicKey key)
    {
        _message = message;
        _signature = signature;
        _name = name;
        Key = key;
    }

    /// <summary>The key that is certified.</summary>
    public TpmPublicKey Key { get; }

    /// <summary>Parses a certification.</summary>
    /// <param name="message">The TPMS_ATTEST.</param>
    /// <param name="signature">The signature's bytes alone.</param>
    /// <param name="key">The key that it is about.</param>
    /// <exception cref="MalformedException">It is no certification of a key by a TPM.</exception>
    public static TpmCertification Parse(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature, TpmPublicKey key)
    {
        if (message.Length > MaximumSize) throw new MalformedException(Format, "message", $"is {message.Length} bytes, at most {MaximumSize} are read");
        if (signature.Length is 0 or > MaximumSignature) throw new MalformedException(Format, "signature", $"is {signature.Length} bytes, at most {MaximumSignature} are read");
        var at = new ByteReader(Format, message);
        if (BinaryPrimitives.ReadUInt32BigEndian(at.Bytes("magic", sizeof(uint))) != Magic) throw new MalformedException(Format, "magic", "is not that of a structure made by a TPM", 0);
        var type = UInt16(ref at, "type");
        if (type != CertifyType) throw new MalformedException(Format, "type", $"is 0x{type:x4}, expected 0x{CertifyType:x4} (certify)", sizeof(uint));
        Sized(ref at, "qualifiedSigner");
        Sized(ref at, "extraData");
        at.Bytes("clockInfo", ClockInfoSize);
        at.Bytes("firmwareVersion", sizeof(ulong));
        var name = Sized(ref at, "name");
        Sized(ref at, "qualifiedName");
        at.End();
        return new TpmCertification(message.ToArray(), signature.ToArray(), name.ToArray(), key);
    }

    /// <summary>Every reason why this key did not certify that key; none when it did.</summary>
    internal List<Finding> Verify(RSA attestationKey)
    {
        List<Finding> findings = [];
        if (!attestationKey.VerifyData(_message, _signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
            findings.Add(new("tpm-certification-signature-invalid", "signature", "a signature over the certification by the attestation key", "another signature", Section));
        if (!_name.AsSpan().SequenceEqual(Key.Name.Span))
            findings.Add(new("tpm-certified-key-mismatch", "name", Convert.ToHexStringLower(Key.Name.Span), Convert.ToHexStringLower(_name), Section));
        return findings;
    }

    private static ReadOnlySpan<byte> Sized(ref ByteReader at, string field)
    {
        var offset = at.Offset;
        var size = UInt16(ref at, field + " size");
        return size <= MaximumField ? at.Bytes(field, size) : throw new MalformedException(Format, field, $"has {size} bytes, at most {MaximumField}", offset);
    }

    private static ushort UInt16(ref ByteReader at, string field) => BinaryPrimitives.ReadUInt16BigEndian(at.Bytes(field, sizeof(ushort)));
}
