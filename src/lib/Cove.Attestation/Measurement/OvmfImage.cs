using System.Buffers.Binary;
using Cove.Formats.Binary;
using Cove.Outcomes;

namespace Cove.Attestation.Measurement;

/// <summary>An OVMF firmware image with what it says, in the table at its end, about how a SEV guest is to be set up.</summary>
public sealed class OvmfImage
{
    /// <summary>Largest image that is read, in bytes.</summary>
    public const int MaximumSize = 64 * 1024 * 1024;

    private const string Format = "OVMF image";
    private const ulong FourGigabytes = 0x1_0000_0000;
    private const int EntryTail = 18;
    private const int ResetVectorSize = 32;
    private const uint MaximumSectionSize = 256 * 1024 * 1024;
    private const int MaximumSections = 64;
    private const int SectionSize = 12;
    private const int MetadataHeaderSize = 16;
    private const uint MetadataSignature = 0x5645_5341;
    private static readonly Guid Footer = new("96b582de-1fb2-45f7-baea-a366c55a082d");
    private static readonly Guid HashTable = new("7255371f-3a3b-4b04-927b-1da6efa8d454");
    private static readonly Guid ResetBlock = new("00f771de-1a7e-4fcb-890e-68c77e2fb44e");
    private static readonly Guid Metadata = new("dc886566-984a-4798-a75e-5585a7bf67cc");

    private OvmfImage(ReadOnlyMemory<byte> image, IReadOnlyDictionary<Guid, uint> table, IReadOnlyList<OvmfSection> sections)
    {
        Image = image;
        ResetAddress = table[ResetBlock];
        HashTableAddress = table.GetValueOrDefault(HashTable);
        Sections = sections;
    }

    /// <summary>The whole image.</summary>
    public ReadOnlyMemory<byte> Image { get; }

    /// <summary>Where it lies in guest memory: it ends at four gigabytes.</summary>
    public ulong LoadAddress => FourGigabytes - (ulong)Image.Length;

    /// <summary>Where all processors but the first begin.</summary>
    public uint ResetAddress { get; }

    /// <summary>Where the firmware looks for kernel hashes; zero where it does not.</summary>
    public uint HashTableAddress { get; }

    /// <summary>The regions to be set up, in the order in which they are measured.</summary>
    public IReadOnlyList<OvmfSection> Sections { get; }

    /// <summary>Parses an image.</summary>
    /// <exception cref="MalformedException">It has no SEV table, or one that points outside the image.</exception>
    public static OvmfImage Parse(ReadOnlyMemory<byte> image)
    {
        if (image.Length is < ResetVectorSize + EntryTail or > MaximumSize) throw new MalformedException(Format, "length", $"is {image.Length} bytes, expected at most {MaximumSize}");
        var table = ReadTable(image.Span);
        if (!table.ContainsKey(ResetBlock)) throw new MalformedException(Format, "table", "has no SEV-ES reset block");
        if (!table.TryGetValue(Metadata, out var fromEnd)) throw new MalformedException(Format, "table", "has no SEV metadata");
        return new OvmfImage(image, table, ReadSections(image.Span, fromEnd));
    }

    // Entries are read from the end: data, u16 length of the whole entry, GUID. Each that matters begins with one u32.
    private static Dictionary<Guid, uint> ReadTable(ReadOnlySpan<byte> image)
    {
        var end = image.Length - ResetVectorSize;
        var footer = image[(end - EntryTail)..end];
        if (new Guid(footer[2..]) != Footer) throw new MalformedException(Format, "table", "is missing", end - EntryTail);
        int length = BinaryPrimitives.ReadUInt16LittleEndian(footer);
        if (length < EntryTail || length > end) throw new MalformedException(Format, "table", $"has {length} bytes", end - EntryTail);
        var table = image[(end - length)..(end - EntryTail)];
        Dictionary<Guid, uint> entries = [];
        while (table.Length >= EntryTail)
        {
            var tail = table[^EntryTail..];
            int size = BinaryPrimitives.ReadUInt16LittleEndian(tail);
            var name = new Guid(tail[2..]);
            if (size < EntryTail || size > table.Length) throw new MalformedException(Format, "table", $"has an entry {name} of {size} bytes");
            var data = table[^size..^EntryTail];
            if (data.Length >= sizeof(uint)) entries.TryAdd(name, BinaryPrimitives.ReadUInt32LittleEndian(data));
            table = table[..^size];
        }

        return entries;
    }

    private static List<OvmfSection> ReadSections(ReadOnlySpan<byte> image, uint fromEnd)
    {
        if (fromEnd > image.Length || fromEnd < MetadataHeaderSize) throw new MalformedException(Format, "metadata", "is outside the image");
        var reader = new ByteReader(Format, image[(int)(image.Length - fromEnd)..]);
        if (reader.UInt32("metadata signature") != MetadataSignature) throw new MalformedException(Format, "metadata signature", "is not ASEV");
        var size = reader.UInt32("metadata size");
        var version = reader.UInt32("metadata version");
        var count = reader.UInt32("metadata sections");
        if (version != 1) throw new MalformedException(Format, "metadata version", $"is {version}, expected 1");
        if (count > MaximumSections || size < MetadataHeaderSize + (count * SectionSize)) throw new MalformedException(Format, "metadata sections", $"are {count} in {size} bytes");
        List<OvmfSection> sections = [];
        for (var i = 0u; i < count; i++)
        {
            var section = new OvmfSection(reader.UInt32("section address"), reader.UInt32("section size"), (OvmfSectionKind)reader.UInt32("section type"));
            if (!Enum.IsDefined(section.Kind)) throw new MalformedException(Format, "section type", $"{(int)section.Kind} is unknown");
            if (section.Size > MaximumSectionSize) throw new MalformedException(Format, "section size", $"is {section.Size}, at most {MaximumSectionSize}");
            sections.Add(section);
        }

        return sections;
    }
}
