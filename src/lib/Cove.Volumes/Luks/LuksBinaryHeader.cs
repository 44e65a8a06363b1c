using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Cove.Outcomes;

namespace Cove.Volumes.Luks;

/// <summary>One of the two copies of a LUKS2 header: 4096 bytes of fixed layout, then JSON (LUKS2 specification section 2). Numbers are big-endian.</summary>
internal sealed record LuksBinaryHeader
{
    public const int FixedLength = 4096;
    public const int SmallestLength = 16 * 1024;
    public const int LargestLength = 4 * 1024 * 1024;
    private const ushort Version = 2;
    private const int LabelOffset = 24, AlgorithmOffset = 72, SaltOffset = 104, UuidOffset = 168, SubsystemOffset = 208, PlaceOffset = 256;
    private const int ChecksumOffset = 448, ChecksumLength = 64;

    private static ReadOnlySpan<byte> FirstMagic => [(byte)'L', (byte)'U', (byte)'K', (byte)'S', 0xBA, 0xBE];

    private static ReadOnlySpan<byte> SecondMagic => [(byte)'S', (byte)'K', (byte)'U', (byte)'L', 0xBA, 0xBE];

    public required long Sequence { get; init; }

    public required string Label { get; init; }

    public required string Uuid { get; init; }

    public required string Subsystem { get; init; }

    /// <summary>The JSON text, without the zeros that fill its area.</summary>
    public required ReadOnlyMemory<byte> Json { get; init; }

    /// <summary>Bytes of this copy with its JSON area.</summary>
    public required int Length { get; init; }

    /// <summary>How long a copy that begins with these bytes says it is; null where none does.</summary>
    /// <exception cref="MalformedException">It is a header of another version, or of a length that none has.</exception>
    public static int? LengthOf(ReadOnlySpan<byte> start, bool second)
    {
        if (start.Length < FixedLength || !start.StartsWith(second ? SecondMagic : FirstMagic)) return null;
        var version = BinaryPrimitives.ReadUInt16BigEndian(start[6..]);
        if (version != Version) throw new MalformedException(LuksHeader.Format, "version", $"is {version}, expected {Version}", 6);
        var length = BinaryPrimitives.ReadUInt64BigEndian(start[8..]);
        return length is >= SmallestLength and <= LargestLength && ulong.IsPow2(length)
            ? (int)length
            : throw new MalformedException(LuksHeader.Format, "hdr_size", $"is {length}, expected a power of two from {SmallestLength} to {LargestLength}", 8);
    }

    /// <summary>Reads a whole copy.</summary>
    /// <param name="bytes">As many as it says it has.</param>
    /// <param name="second">Whether it is the second copy.</param>
    /// <exception cref="MalformedException">Its checksum is wrong, or a field is.</exception>
    public static LuksBinaryHeader Parse(ReadOnlyMemory<byte> bytes, bool second)
    {
        var span = bytes.Span;
        var length = LengthOf(span, second);
        if (length != span.Length) throw new MalformedException(LuksHeader.Format, "header", "is not as long as it says");
        var place = BinaryPrimitives.ReadUInt64BigEndian(span[PlaceOffset..]);
        if (place != (second ? (ulong)span.Length : 0)) throw new MalformedException(LuksHeader.Format, "hdr_offset", $"is {place}, not where the header is", PlaceOffset);
        var algorithm = Text(span, AlgorithmOffset, 32, "csum_alg");
        if (algorithm != "sha256") throw new MalformedException(LuksHeader.Format, "csum_alg", $"is {algorithm}, expected sha256", AlgorithmOffset);
        if (!Checksum(span).AsSpan().SequenceEqual(span.Slice(ChecksumOffset, SHA256.HashSizeInBytes)))
            throw new MalformedException(LuksHeader.Format, "csum", "is not the checksum of the header", ChecksumOffset);
        var json = bytes[FixedLength..];
        var end = json.Span.IndexOf((byte)0);
        if (end < 0 || json.Span[end..].IndexOfAnyExcept((byte)0) >= 0) throw new MalformedException(LuksHeader.Format, "JSON area", "does not end in zeros", FixedLength);
        return new LuksBinaryHeader
        {
            Sequence = (long)BinaryPrimitives.ReadUInt64BigEndian(span[16..]),
            Label = Text(span, LabelOffset, 48, "label"),
            Uuid = Text(span, UuidOffset, 40, "uuid"),
            Subsystem = Text(span, SubsystemOffset, 48, "subsystem"),
            Json = json[..end],
            Length = span.Length,
        };
    }

    /// <summary>The bytes of this copy, with a salt of its own.</summary>
    public byte[] Write(bool second)
    {
        if (Json.Length >= Length - FixedLength) throw new InvalidOperationException("the metadata is longer than its area");
        var bytes = new byte[Length];
        (second ? SecondMagic : FirstMagic).CopyTo(bytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(6), Version);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), (ulong)Length);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(16), (ulong)Sequence);
        Encoding.UTF8.GetBytes(Label, bytes.AsSpan(LabelOffset, 47));
        Encoding.ASCII.GetBytes("sha256", bytes.AsSpan(AlgorithmOffset));
        RandomNumberGenerator.Fill(bytes.AsSpan(SaltOffset, 64));
        Encoding.ASCII.GetBytes(Uuid, bytes.AsSpan(UuidOffset, 39));
        Encoding.UTF8.GetBytes(Subsystem, bytes.AsSpan(SubsystemOffset, 47));
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(PlaceOffset), second ? (ulong)Length : 0);
        Json.Span.CopyTo(bytes.AsSpan(FixedLength));
        Checksum(bytes).CopyTo(bytes, ChecksumOffset);
        return bytes;
    }

    private static byte[] Checksum(ReadOnlySpan<byte> header)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header[..ChecksumOffset]);
        hash.AppendData(new byte[ChecksumLength]);
        hash.AppendData(header[(ChecksumOffset + ChecksumLength)..]);
        return hash.GetHashAndReset();
    }

    private static string Text(ReadOnlySpan<byte> header, int offset, int length, string field)
    {
        var bytes = header.Slice(offset, length);
        var end = bytes.IndexOf((byte)0);
        return end >= 0 ? Encoding.UTF8.GetString(bytes[..end]) : throw new MalformedException(LuksHeader.Format, field, "does not end", offset);
    }
}
