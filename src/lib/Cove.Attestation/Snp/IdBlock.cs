using System.Buffers.Binary;
using Cove.Formats.Binary;
using Cove.Outcomes;

namespace Cove.Attestation.Snp;

/// <summary>
/// The ID block (SEV-SNP ABI 8.18): what its owner says the guest is. The host gives it at launch, and the firmware refuses to start a guest
/// whose launch digest or policy is another.
/// </summary>
public sealed record IdBlock
{
    /// <summary>Size in bytes.</summary>
    public const int Size = 96;

    /// <summary>Policy where nothing else is said: simultaneous multi-threading is allowed, debugging and migration are not.</summary>
    public static readonly GuestPolicy DefaultPolicy = new(0x3_0000);

    private const string Format = "ID block";
    private const int DigestSize = 48;
    private const int IdentifierSize = 16;
    private const uint Version = 1;

    /// <summary>A block for a guest with this launch digest.</summary>
    /// <param name="launchDigest">MEASUREMENT, 48 bytes; copied.</param>
    /// <param name="familyId">FAMILY_ID, 16 bytes; copied.</param>
    /// <param name="imageId">IMAGE_ID, 16 bytes; copied.</param>
    /// <exception cref="MalformedException">One has another size.</exception>
    public IdBlock(ReadOnlySpan<byte> launchDigest, ReadOnlySpan<byte> familyId, ReadOnlySpan<byte> imageId)
    {
        LaunchDigest = Exactly(launchDigest, DigestSize, "LD");
        FamilyId = Exactly(familyId, IdentifierSize, "FAMILY_ID");
        ImageId = Exactly(imageId, IdentifierSize, "IMAGE_ID");
    }

    /// <summary>LD, 48 bytes.</summary>
    public ReadOnlyMemory<byte> LaunchDigest { get; }

    /// <summary>FAMILY_ID, 16 bytes: the owner's name for a family of guests.</summary>
    public ReadOnlyMemory<byte> FamilyId { get; }

    /// <summary>IMAGE_ID, 16 bytes: the owner's name for this guest image.</summary>
    public ReadOnlyMemory<byte> ImageId { get; }

    /// <summary>GUEST_SVN: the image's security version.</summary>
    public uint GuestSvn { get; init; }

    /// <summary>POLICY under which the guest may run.</summary>
    public GuestPolicy Policy { get; init; } = DefaultPolicy;

    /// <summary>Parses a block.</summary>
    /// <exception cref="MalformedException">It has not exactly 96 bytes, is of another version, or its policy has reserved bits set.</exception>
    public static IdBlock Parse(ReadOnlySpan<byte> bytes)
    {
        var at = new ByteReader(Format, bytes);
        var digest = at.Bytes("LD", DigestSize);
        var family = at.Bytes("FAMILY_ID", IdentifierSize);
        var image = at.Bytes("IMAGE_ID", IdentifierSize);
        var version = at.UInt32("VERSION");
        if (version != Version) throw new MalformedException(Format, "VERSION", $"is {version}, expected {Version}", at.Offset - sizeof(uint));
        var block = new IdBlock(digest, family, image) { GuestSvn = at.UInt32("GUEST_SVN"), Policy = new GuestPolicy(at.UInt64Flags("POLICY", GuestPolicy.Defined)) };
        at.End();
        return block;
    }

    /// <summary>The 96 bytes that the ID key signs.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        LaunchDigest.Span.CopyTo(bytes);
        FamilyId.Span.CopyTo(bytes.AsSpan(DigestSize));
        ImageId.Span.CopyTo(bytes.AsSpan(DigestSize + IdentifierSize));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(80), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(84), GuestSvn);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(88), Policy.Value);
        return bytes;
    }

    private static byte[] Exactly(ReadOnlySpan<byte> value, int size, string field) =>
        value.Length == size ? value.ToArray() : throw new MalformedException(Format, field, $"has {value.Length} bytes, expected {size}");
}
