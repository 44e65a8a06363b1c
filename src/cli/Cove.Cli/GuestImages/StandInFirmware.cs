using System.Buffers.Binary;

namespace Cove.Cli.GuestImages;

/// <summary>
/// Stands for the firmware of machines without SEV-SNP, which this host's monitor starts by a direct kernel boot: one page with the table and
/// the metadata of an OVMF image and no code. With it a machine has a measurement, made by the same rules and from the same kernel, initial
/// files and command line, before and after launch. Hardware measures the real firmware that an image for it is built with.
/// </summary>
internal static class StandInFirmware
{
    private const int Size = 4096;
    private const int ResetVectorSize = 32;
    private const uint HashTableAddress = 0x810C00, ResetAddress = 0x80B004;
    private const uint MetadataFromEnd = 1024;
    private static readonly Guid HashTable = new("7255371f-3a3b-4b04-927b-1da6efa8d454");
    private static readonly Guid ResetBlock = new("00f771de-1a7e-4fcb-890e-68c77e2fb44e");
    private static readonly Guid Metadata = new("dc886566-984a-4798-a75e-5585a7bf67cc");
    private static readonly Guid Footer = new("96b582de-1fb2-45f7-baea-a366c55a082d");

    /// <summary>Address, size and kind of each region, as AmdSev builds of OVMF lay them out.</summary>
    private static readonly (uint Address, uint Size, uint Kind)[] Sections =
        [(0x800000, 0x9000, 1), (0x80A000, 0x3000, 1), (0x80D000, 0x1000, 2), (0x80E000, 0x1000, 3), (0x810000, 0x1000, 0x10), (0x811000, 0xF000, 1)];

    public static byte[] Write()
    {
        var image = new byte[Size];
        WriteMetadata(image.AsSpan(Size - (int)MetadataFromEnd));
        var end = Size - ResetVectorSize;
        var table = 0;
        Entry(Footer, []);
        Entry(Metadata, [MetadataFromEnd]);
        Entry(ResetBlock, [ResetAddress]);
        Entry(HashTable, [HashTableAddress, 0x400]);
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(Size - ResetVectorSize - 18), (ushort)table);
        return image;

        // Entries are laid down from the end: numbers, the entry's length, its name.
        void Entry(Guid name, ReadOnlySpan<uint> numbers)
        {
            var length = 18 + (numbers.Length * sizeof(uint));
            var at = image.AsSpan(end - length, length);
            for (var i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteUInt32LittleEndian(at[(i * sizeof(uint))..], numbers[i]);
            BinaryPrimitives.WriteUInt16LittleEndian(at[^18..], (ushort)length);
            name.TryWriteBytes(at[^16..]);
            end -= length;
            table += length;
        }
    }

    private static void WriteMetadata(Span<byte> at)
    {
        "ASEV"u8.CopyTo(at);
        BinaryPrimitives.WriteUInt32LittleEndian(at[4..], (uint)(16 + (Sections.Length * 12)));
        BinaryPrimitives.WriteUInt32LittleEndian(at[8..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(at[12..], (uint)Sections.Length);
        for (var i = 0; i < Sections.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(at[(16 + (i * 12))..], Sections[i].Address);
            BinaryPrimitives.WriteUInt32LittleEndian(at[(20 + (i * 12))..], Sections[i].Size);
            BinaryPrimitives.WriteUInt32LittleEndian(at[(24 + (i * 12))..], Sections[i].Kind);
        }
    }
}
