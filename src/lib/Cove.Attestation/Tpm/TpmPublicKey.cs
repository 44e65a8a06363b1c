using System.Buffers.Binary;
using System.Security.Cryptography;
using Cove.Formats.Binary;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Attestation.Tpm;

/// <summary>
/// An RSA public key as a TPM tells it (TPM 2.0 part 2, 12.2.5, TPM2B_PUBLIC), with the name by which the TPM certifies it. Parsing verifies
/// nothing. All integers are big-endian.
/// </summary>
public sealed class TpmPublicKey
{
    private const string Format = "TPM public key";
    private const int MaximumSize = 1024;
    private const ushort RsaType = 0x0001;
    private const ushort Sha256Algorithm = 0x000B;
    private const ushort Null = 0x0010;
    private const ushort Rsaes = 0x0015;
    private const uint DefaultExponent = 65537;

    private TpmPublicKey(RsaJwk key, byte[] name) => (Key, Name) = (key, name);

    /// <summary>The key.</summary>
    public RsaJwk Key { get; }

    /// <summary>Its name: the hash algorithm, and SHA-256 over the public area; 34 bytes.</summary>
    public ReadOnlyMemory<byte> Name { get; }

    /// <summary>Parses a key.</summary>
    /// <exception cref="MalformedException">It is not one, is no RSA key, or its name is made with another hash than SHA-256.</exception>
    public static TpmPublicKey Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaximumSize) throw new MalformedException(Format, "length", $"is {bytes.Length} bytes, at most {MaximumSize} are read");
        var at = new ByteReader(Format, bytes);
        var size = UInt16(ref at, "size");
        if (size != at.Remaining) throw new MalformedException(Format, "size", $"is {size}, {at.Remaining} bytes follow", 0);
        var type = UInt16(ref at, "type");
        if (type != RsaType) throw new MalformedException(Format, "type", $"is 0x{type:x4}, expected 0x{RsaType:x4} (RSA)", sizeof(ushort));
        var hash = UInt16(ref at, "nameAlg");
        if (hash != Sha256Algorithm) throw new MalformedException(Format, "nameAlg", $"is 0x{hash:x4}, expected 0x{Sha256Algorithm:x4} (SHA-256)", 2 * sizeof(ushort));
        at.Bytes("objectAttributes", sizeof(uint));
        at.Bytes("authPolicy", UInt16(ref at, "authPolicy size"));
        // A storage key says with which cipher and mode it protects others; a key of a scheme, but RSAES, with which hash.
        if (UInt16(ref at, "symmetric") != Null) at.Bytes("symmetric parameters", 2 * sizeof(ushort));
        if (UInt16(ref at, "scheme") is not (Null or Rsaes)) at.Bytes("scheme hash", sizeof(ushort));
        at.Bytes("keyBits", sizeof(ushort));
        var exponent = BinaryPrimitives.ReadUInt32BigEndian(at.Bytes("exponent", sizeof(uint)));
        var modulus = at.Bytes("unique", UInt16(ref at, "unique size")).ToArray();
        at.End();
        var exponentBytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(exponentBytes, exponent == 0 ? DefaultExponent : exponent);
        var key = RsaJwk.FromParameters(new RSAParameters { Modulus = modulus, Exponent = exponentBytes });
        return new TpmPublicKey(key, [.. (ReadOnlySpan<byte>)[0, (byte)Sha256Algorithm], .. SHA256.HashData(bytes[sizeof(ushort)..])]);
    }

    private static ushort UInt16(ref ByteReader at, string field) => BinaryPrimitives.ReadUInt16BigEndian(at.Bytes(field, sizeof(ushort)));
}
