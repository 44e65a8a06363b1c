using System.Numerics;
using System.Runtime.InteropServices;
using Cove.Outcomes;

namespace Cove.Images.Tar;

/// <summary>The dialects of a tar header block.</summary>
internal enum TarDialect
{
    V7,
    Ustar,
    Gnu,
    Star,
}

/// <summary>One 512-byte header block, fields sliced and its checksum verified.</summary>
internal readonly ref struct TarHeader
{
    public const int BlockSize = 512;
    private const int ChecksumOffset = 148;
    private const int ChecksumLength = 8;

    private readonly ReadOnlySpan<byte> block;
    private readonly long offset;

    private TarHeader(ReadOnlySpan<byte> block, long offset)
    {
        this.block = block;
        this.offset = offset;
        Dialect = block[257..263].SequenceEqual("ustar\0"u8)
            ? block[508..512].SequenceEqual("tar\0"u8) ? TarDialect.Star : TarDialect.Ustar
            : block[257..265].SequenceEqual("ustar  \0"u8) ? TarDialect.Gnu : TarDialect.V7;
    }

    public TarDialect Dialect { get; }

    public byte Type => block[156];

    public ReadOnlySpan<byte> Name => ByteText.UntilNul(block[..100]);

    public ReadOnlySpan<byte> LinkName => ByteText.UntilNul(block[157..257]);

    public long Mode => Number(100, 8, "mode");

    public long UserId => Number(108, 8, "uid");

    public long GroupId => Number(116, 8, "gid");

    public long Size => Number(124, 12, "size");

    public long Modified => Number(136, 12, "mtime");

    public long DeviceMajor => Dialect == TarDialect.V7 ? 0 : Number(329, 8, "devmajor");

    public long DeviceMinor => Dialect == TarDialect.V7 ? 0 : Number(337, 8, "devminor");

    /// <summary>The real size of an old GNU sparse file.</summary>
    public long GnuRealSize => Number(483, 12, "real size");

    /// <summary>The sparse map in an old GNU header: four entries and a flag.</summary>
    public ReadOnlySpan<byte> GnuSparse => block[386..483];

    /// <summary>Checks the checksum, which early writers summed over signed bytes.</summary>
    /// <exception cref="MalformedException">This is no tar header.</exception>
    public static TarHeader Parse(ReadOnlySpan<byte> block, long offset)
    {
        // The field itself counts as eight spaces.
        var field = block.Slice(ChecksumOffset, ChecksumLength);
        var unsigned = Sum(block[..ChecksumOffset]) + Sum(block[(ChecksumOffset + ChecksumLength)..]) + (ChecksumLength * ' ');
        var signed = unsigned - (256 * (CountHigh(block) - CountHigh(field)));
        if (!TarNumber.TryOctal(field, out var sum) || (sum != unsigned && sum != signed))
            throw new MalformedException("tar", "header checksum", "does not fit the header", offset);
        return new TarHeader(block, offset);
    }

    /// <summary>Access and change times, where the dialect has them, and the prefix of the name.</summary>
    public void ReadDialectFields(out TarTime? accessed, out TarTime? changed, out ReadOnlySpan<byte> prefix)
    {
        accessed = changed = null;
        prefix = [];
        switch (Dialect)
        {
            case TarDialect.Ustar:
                prefix = ByteText.UntilNul(block[345..500]);
                break;
            case TarDialect.Star:
                prefix = ByteText.UntilNul(block[345..476]);
                accessed = new TarTime(Number(476, 12, "atime"));
                changed = new TarTime(Number(488, 12, "ctime"));
                break;
            case TarDialect.Gnu:
                ReadGnuTimes(ref accessed, ref changed, ref prefix);
                break;
            default:
                break;
        }
    }

    private static int Sum(ReadOnlySpan<byte> bytes)
    {
        // Eight bytes at a time, in four lanes of 16 bits: 512 bytes cannot fill one.
        const ulong lanes = 0x00ff00ff00ff00ff;
        var sums = 0UL;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words) sums += (word & lanes) + ((word >> 8) & lanes);
        var sum = (int)((sums & 0xffff) + ((sums >> 16) & 0xffff) + ((sums >> 32) & 0xffff) + (sums >> 48));
        foreach (var b in bytes[(words.Length * sizeof(ulong))..]) sum += b;
        return sum;
    }

    private static int CountHigh(ReadOnlySpan<byte> bytes)
    {
        var count = 0;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes)) count += BitOperations.PopCount(word & 0x8080808080808080);
        return count;
    }

    private void ReadGnuTimes(ref TarTime? accessed, ref TarTime? changed, ref ReadOnlySpan<byte> prefix)
    {
        var atime = block[345..357];
        var ctime = block[357..369];
        if (TarNumber.TryParse(atime, out var a) && TarNumber.TryParse(ctime, out var c))
        {
            if (atime[0] != 0) accessed = new TarTime(a);
            if (ctime[0] != 0) changed = new TarTime(c);
            return;
        }

        // Go's writer once put a ustar prefix over these two fields; such archives are still about.
        var written = ByteText.UntilNul(block[345..500]);
        if (!written.ContainsAnyExceptInRange((byte)1, (byte)0x7f)) prefix = written;
    }

    private long Number(int start, int length, string field) =>
        TarNumber.TryParse(block.Slice(start, length), out var value)
            ? value
            : throw new MalformedException("tar", field, "is not a number", offset + start);
}
