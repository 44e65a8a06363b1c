using Cove.Attestation.Dcap;
using Cove.Formats.Binary;
using Cove.Outcomes;

namespace Cove.Attestation.OpenEnclave;

/// <summary>Open Enclave's endorsements of SGX evidence: DCAP collateral in a table of offsets.</summary>
public static class OpenEnclaveEndorsements
{
    private const string Format = "Open Enclave endorsements";
    private const uint Version = 1;
    private const uint Sgx = 2;
    private const int Parts = 9;
    private static readonly string[] Names =
        ["version", "TCB info", "TCB info issuer chain", "PCK CRL", "root CA CRL", "PCK CRL issuer chain", "QE identity", "QE identity issuer chain", "creation time"];

    /// <summary>Parses endorsements. Their creation time is by whoever packed them, signed by nobody, and not looked at.</summary>
    /// <exception cref="MalformedException">Header, offsets or a part are not as they must be.</exception>
    public static DcapCollateral Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > DcapCollateral.MaximumSize)
            throw new MalformedException(Format, "length", $"is {bytes.Length} bytes, at most {DcapCollateral.MaximumSize} are taken");
        var at = new ByteReader(Format, bytes);
        Expect(ref at, "version", Version);
        Expect(ref at, "enclave type", Sgx);
        var size = at.UInt32("buffer size");
        Expect(ref at, "number of parts", Parts);
        Span<uint> offsets = stackalloc uint[Parts + 1];
        for (var i = 0; i < Parts; i++) offsets[i] = at.UInt32($"offset of {Names[i]}");
        offsets[Parts] = (uint)at.Remaining;
        // The size counts the table as well.
        if (size != at.Remaining + Parts * sizeof(uint))
            throw new MalformedException(Format, "buffer size", $"is {size}, {at.Remaining + Parts * sizeof(uint)} bytes follow", 8);
        var data = at.Bytes("parts", at.Remaining);
        for (var i = 0; i < Parts; i++)
        {
            if (offsets[i] > offsets[i + 1])
                throw new MalformedException(
                    Format, $"offset of {Names[i]}", $"is {offsets[i]}, the next part begins at {offsets[i + 1]}", 16 + 4 * i);
        }

        return DcapCollateral.FromFiles(new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal)
        {
            ["tcb_info"] = Text(Part(data, offsets, 1)),
            ["tcb_info_issuer_chain"] = Text(Part(data, offsets, 2)),
            ["pck_crl"] = List(Part(data, offsets, 3)),
            ["root_ca_crl"] = List(Part(data, offsets, 4)),
            ["pck_crl_issuer_chain"] = Text(Part(data, offsets, 5)),
            ["qe_identity"] = Text(Part(data, offsets, 6)),
            ["qe_identity_issuer_chain"] = Text(Part(data, offsets, 7)),
        });
    }

    private static void Expect(ref ByteReader at, string field, uint expected)
    {
        var offset = at.Offset;
        var value = at.UInt32(field);
        if (value != expected) throw new MalformedException(Format, field, $"is {value}, expected {expected}", offset);
    }

    private static byte[] Part(ReadOnlySpan<byte> data, ReadOnlySpan<uint> offsets, int i) => data[(int)offsets[i]..(int)offsets[i + 1]].ToArray();

    // C strings: ended by a NUL that is no part of what was signed.
    private static ReadOnlyMemory<byte> Text(byte[] part) => part is [.., 0] ? part.AsMemory(0, part.Length - 1) : part;

    // A DER list says its own length; some packers end it with a NUL as well, others do not.
    private static ReadOnlyMemory<byte> List(byte[] part)
    {
        const byte twoLengthBytes = 0x82;
        const int header = 4;
        if (part.Length > header && part[1] == twoLengthBytes && part[^1] == 0 && part.Length == header + (part[2] << 8 | part[3]) + 1)
            return part.AsMemory(0, part.Length - 1);
        return part;
    }
}
