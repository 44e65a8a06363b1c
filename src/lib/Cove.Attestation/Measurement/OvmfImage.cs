using Cove.Outcomes;

namespace Cove.Attestation.Measurement;

/// <summary>An OVMF firmware image with what it says, in the table at its end, about how a SEV guest is to be set up.</summary>
public sealed class OvmfImage
{
    /// <summary>Largest image that is read, in bytes.</summary>
    public const int MaximumSize = 64 * 1024 * 1024;

    internal const string Format = "OVMF image";
    private const ulong FourGigabytes = 0x1_0000_0000;
    private static readonly Guid HashTable = new("7255371f-3a3b-4b04-927b-1da6efa8d454");
    private static readonly Guid ResetBlock = new("00f771de-1a7e-4fcb-890e-68c77e2fb44e");

    private OvmfImage(ReadOnlyMemory<byte> image, FirmwareTable table)
    {
        Image = image;
        ResetAddress = table.Find(ResetBlock);
        HashTableAddress = table.Find(HashTable) ?? 0;
        Sections = table.Sections;
    }

    /// <summary>The whole image.</summary>
    public ReadOnlyMemory<byte> Image { get; }

    /// <summary>Where it lies in guest memory: it ends at four gigabytes.</summary>
    public ulong LoadAddress => FourGigabytes - (ulong)Image.Length;

    /// <summary>Where all processors but the first begin; null for firmware that cannot start them in a guest with encrypted state.</summary>
    public uint? ResetAddress { get; }

    /// <summary>Where the firmware looks for kernel hashes; zero where it does not.</summary>
    public uint HashTableAddress { get; }

    /// <summary>The regions to be set up for a SEV-SNP guest, in the order in which they are measured; empty for firmware without SEV metadata.</summary>
    public IReadOnlyList<OvmfSection> Sections { get; }

    /// <summary>Parses an image.</summary>
    /// <exception cref="MalformedException">It has no table at its end, or one that points outside the image.</exception>
    public static OvmfImage Parse(ReadOnlyMemory<byte> image) => new(image, FirmwareTable.Read(Format, image.Span, MaximumSize));

    /// <summary>Where the other processors begin, which this launch needs.</summary>
    internal uint RequireResetAddress() => ResetAddress ?? throw new MalformedException(Format, "table", "has no SEV-ES reset block");
}
