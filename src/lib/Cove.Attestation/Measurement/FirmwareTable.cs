using System.Buffers.Binary;
using Cove.Formats.Binary;
using Cove.Outcomes;

namespace Cove.Attestation.Measurement;

/// <summary>
/// The table of GUIDs at the end of a firmware image, below its reset vector, and the SEV metadata that an entry of it points to. Entries
/// are read from the end: data, length of the whole entry, GUID. Each entry that matters begins with one number.
/// </summary>
internal sealed class FirmwareTable
{
    private const int EntryTail = 18;
    private const int ResetVectorSize = 32;
    private const uint MaximumSectionSize = 256 * 1024 * 1024;
    private const int MaximumSections = 64;
    private const int SectionSize = 12;
    private const int MetadataHeaderSize = 16;
    private const uint MetadataSignature = 0x5645_5341;
    private static readonly Guid Footer = new("96b582de-1fb2-45f7-baea-a366c55a082d");
    private static readonly Guid Metadata = new("dc886566-984a-4798-a75e-5585a7bf67cc");
    private readonly Dictionary<Guid, uint> _entries;

    private FirmwareTable(Dictionary<Guid, uint> entries, IReadOnlyList<OvmfSection> sections)
    {
        _entries = entries;
        Sections = sections;
    }

    /// <summary>The sections of the metadata in their order; empty where there is no metadata.</summary>
    public IReadOnlyList<OvmfSection> Sections { get; }

    /// <summary>The number that this entry begins with; null where there is no such entry.</summary>
    public uint? Find(Guid entry) => _entries.TryGetValue(entry, out var value) ? value : null;

    /// <exception cref="MalformedException">There is no table, or it points outside the image.</exception>
    public static FirmwareTable Read(string format, ReadOnlySpan<byte> image, int maximumSize)
    {
        if (image.Length < ResetVectorSize + EntryTail || image.Length > maximumSize) throw new MalformedException(format, "length", $"is {image.Length} bytes, expected at most {maximumSize}");
        var entries = ReadEntries(format, image);
        return new FirmwareTable(entries, entries.TryGetValue(Metadata, out var fromEnd) ? ReadSections(format, image, fromEnd) : []);
    }

    private static Dictionary<Guid, uint> ReadEntries(string format, ReadOnlySpan<byte> image)
    {
        var end = image.Length - ResetVectorSize;
        var footer = image[(end - EntryTail)..end];
        if (new Guid(footer[2..]) != Footer) throw new MalformedException(format, "table", "is missing", end - EntryTail);
        int length = BinaryPrimitives.ReadUInt16LittleEndian(footer);
        if (length < EntryTail || length > end) throw new MalformedException(format, "table", $"has {length} bytes", end - EntryTail);
        var table = image[(end - length)..(end - EntryTail)];
        Dictionary<Guid, uint> entries = [];
        while (table.Length >= EntryTail)
        {
            var tail = table[^EntryTail..];
            int size = BinaryPrimitives.ReadUInt16LittleEndian(tail);
            var name = new Guid(tail[2..]);
            if (size < EntryTail || size > table.Length) throw new MalformedException(format, "table", $"has an entry {name} of {size} bytes");
            var data = table[^size..^EntryTail];
            if (data.Length >= sizeof(uint)) entries.TryAdd(name, BinaryPrimitives.ReadUInt32LittleEndian(data));
            table = table[..^size];
        }

        return entries;
    }

    private static List<OvmfSection> ReadSections(string format, ReadOnlySpan<byte> image, uint fromEnd)
    {
        if (fromEnd > image.Length || fromEnd < MetadataHeaderSize) throw new MalformedException(format, "metadata", "is outside the image");
        var reader = new ByteReader(format, image[(int)(image.Length - fromEnd)..]);
        if (reader.UInt32("metadata signature") != MetadataSignature) throw new MalformedException(format, "metadata signature", "is not ASEV");
        var size = reader.UInt32("metadata size");
        var version = reader.UInt32("metadata version");
        var count = reader.UInt32("metadata sections");
        if (version != 1) throw new MalformedException(format, "metadata version", $"is {version}, expected 1");
        if (count > MaximumSections || size < MetadataHeaderSize + (count * SectionSize)) throw new MalformedException(format, "metadata sections", $"are {count} in {size} bytes");
        List<OvmfSection> sections = [];
        for (var i = 0u; i < count; i++)
        {
            var section = new OvmfSection(reader.UInt32("section address"), reader.UInt32("section size"), (OvmfSectionKind)reader.UInt32("section type"));
            if (!Enum.IsDefined(section.Kind)) throw new MalformedException(format, "section type", $"{(int)section.Kind} is unknown");
            if (section.Size > MaximumSectionSize) throw new MalformedException(format, "section size", $"is {section.Size}, at most {MaximumSectionSize}");
            sections.Add(section);
        }

        return sections;
    }
}
