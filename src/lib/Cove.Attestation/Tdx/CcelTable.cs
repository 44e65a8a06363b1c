using System.Text;
using Cove.Formats.Binary;
using Cove.Outcomes;

namespace Cove.Attestation.Tdx;

/// <summary>The ACPI table CCEL (ACPI 6.5, 5.2.34): where the firmware keeps the event log of a confidential guest.</summary>
/// <param name="LogSize">Size of the area, in bytes.</param>
/// <param name="LogAddress">Its physical address.</param>
public sealed record CcelTable(ulong LogSize, ulong LogAddress)
{
    /// <summary>Size in bytes.</summary>
    public const int Size = 56;

    private const string Format = "ACPI CCEL table";
    private const byte Tdx = 2;

    /// <summary>Parses a table.</summary>
    /// <exception cref="MalformedException">It is another table, its checksum is wrong, or it is not about TDX.</exception>
    public static CcelTable Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
            throw new MalformedException(Format, "length", $"is {bytes.Length} bytes, expected {Size}", Math.Min(bytes.Length, Size));
        var at = new ByteReader(Format, bytes);
        var signature = at.Bytes("signature", 4);
        if (!signature.SequenceEqual("CCEL"u8))
            throw new MalformedException(Format, "signature", $"is \"{Encoding.Latin1.GetString(signature)}\", expected CCEL", 0);
        var length = at.UInt32("length");
        if (length != Size) throw new MalformedException(Format, "length", $"is {length}, expected {Size}", 4);
        at.Bytes("revision to creator", 28);
        var type = at.UInt8("CC type");
        if (type != Tdx) throw new MalformedException(Format, "CC type", $"is {type}, expected 2 (TDX)", 36);
        at.UInt8("CC subtype");
        at.Zero("reserved after CC subtype", 2);
        byte sum = 0;
        foreach (var value in bytes) sum += value;
        if (sum != 0) throw new MalformedException(Format, "checksum", "is wrong: the bytes do not add up to zero", 9);
        return new CcelTable(at.UInt64("log area length"), at.UInt64("log area address"));
    }
}
