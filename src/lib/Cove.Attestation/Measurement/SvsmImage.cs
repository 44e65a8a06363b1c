using Cove.Outcomes;

namespace Cove.Attestation.Measurement;

/// <summary>A secure VM service module (SVSM): it runs at the most privileged level beside the guest's firmware, and has a table like that.</summary>
public sealed class SvsmImage
{
    /// <summary>Largest image that is read, in bytes.</summary>
    public const int MaximumSize = 64 * 1024 * 1024;

    private const string Format = "SVSM image";
    private static readonly Guid Info = new("a789a612-0597-4c4b-a49f-cbb1fe9d1ddd");

    private SvsmImage(ReadOnlyMemory<byte> image, uint entry, IReadOnlyList<OvmfSection> sections)
    {
        Image = image;
        EntryOffset = entry;
        Sections = sections;
    }

    /// <summary>The whole image.</summary>
    public ReadOnlyMemory<byte> Image { get; }

    /// <summary>Where processors begin, from the start of the image.</summary>
    public uint EntryOffset { get; }

    /// <summary>The regions to be set up, in the order in which they are measured.</summary>
    public IReadOnlyList<OvmfSection> Sections { get; }

    /// <summary>Parses an image.</summary>
    /// <exception cref="MalformedException">It has no table at its end, the table does not say where to begin, or it points outside the image.</exception>
    public static SvsmImage Parse(ReadOnlyMemory<byte> image)
    {
        var table = FirmwareTable.Read(Format, image.Span, MaximumSize);
        return new SvsmImage(image, table.Find(Info) ?? throw new MalformedException(Format, "table", "has no SVSM entry"), table.Sections);
    }
}
