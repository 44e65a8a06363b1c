using System.Buffers.Binary;
using System.Security.Cryptography;
using Cove.Outcomes;

namespace Cove.Attestation.Measurement;

/// <summary>What a page of a launch is (SEV-SNP ABI 8.17, PAGE_TYPE).</summary>
internal enum LaunchPageKind : byte
{
    Normal = 1,
    ProcessorState = 2,
    Zero = 3,
    Unmeasured = 4,
    Secrets = 5,
    Cpuid = 6,
}

/// <summary>The running launch digest: each page's record extends it (SEV-SNP ABI 8.17.2, PAGE_INFO).</summary>
internal sealed class LaunchDigest
{
    public const int PageSize = 4096;
    private const int RecordSize = 0x70;
    private const ulong ProcessorStateAddress = 0x0000_FFFF_FFFF_F000;
    private byte[] _digest = new byte[SHA384.HashSizeInBytes];

    public LaunchDigest()
    {
    }

    /// <summary>Goes on from a digest that was computed before.</summary>
    public LaunchDigest(ReadOnlySpan<byte> digest)
    {
        if (digest.Length != SHA384.HashSizeInBytes) throw new MalformedException("SNP launch", "digest", $"has {digest.Length} bytes, expected {SHA384.HashSizeInBytes}");
        digest.CopyTo(_digest);
    }

    public byte[] ToArray() => [.. _digest];

    /// <summary>Pages whose content counts; the last may not be partial.</summary>
    public void AddPages(ulong address, ReadOnlySpan<byte> content)
    {
        RequireWhole(content.Length);
        Span<byte> hash = stackalloc byte[SHA384.HashSizeInBytes];
        for (var at = 0; at < content.Length; at += PageSize)
        {
            SHA384.HashData(content.Slice(at, PageSize), hash);
            Extend(LaunchPageKind.Normal, address + (ulong)at, hash);
        }
    }

    /// <summary>Pages of which only kind and place count.</summary>
    public void AddUnread(LaunchPageKind kind, ulong address, uint size)
    {
        RequireWhole(size);
        for (var at = 0u; at < size; at += PageSize) Extend(kind, address + at, new byte[SHA384.HashSizeInBytes]);
    }

    /// <summary>A virtual processor's initial state.</summary>
    public void AddProcessor(ReadOnlySpan<byte> page) => Extend(LaunchPageKind.ProcessorState, ProcessorStateAddress, SHA384.HashData(page));

    private static void RequireWhole(long size)
    {
        if (size % PageSize != 0) throw new MalformedException("SNP launch", "pages", $"have {size} bytes, which is not a multiple of {PageSize}");
    }

    private void Extend(LaunchPageKind kind, ulong address, ReadOnlySpan<byte> content)
    {
        Span<byte> record = stackalloc byte[RecordSize];
        record.Clear();
        _digest.CopyTo(record);
        content.CopyTo(record[48..]);
        BinaryPrimitives.WriteUInt16LittleEndian(record[96..], RecordSize);
        record[98] = (byte)kind;
        BinaryPrimitives.WriteUInt64LittleEndian(record[104..], address);
        _digest = SHA384.HashData(record);
    }
}
