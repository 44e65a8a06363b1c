using System.Buffers.Binary;
using System.Security.Cryptography;
using Cove.Outcomes;

namespace Cove.Attestation.Sgx;

/// <summary>
/// Computes MRENCLAVE from the pages of an enclave in the order in which they are added (Intel SDM 38.4): ECREATE, then an EADD for each page
/// and an EEXTEND for each 256 bytes of it that are measured.
/// </summary>
public sealed class EnclaveMeasurement : IDisposable
{
    /// <summary>Bytes of a page.</summary>
    public const int PageSize = 4096;

    private const string Format = "enclave";
    private const int RecordSize = 64;
    private const int ChunkSize = 256;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ulong size;
    private readonly HashSet<ulong> added = [];

    /// <summary>Begins with ECREATE.</summary>
    /// <param name="ssaFrameSize">Size of a state save area frame, in pages.</param>
    /// <param name="size">Size of the enclave's address range, in bytes.</param>
    /// <exception cref="MalformedException">The size is no power of two of at least two pages, or the frame has no page.</exception>
    public EnclaveMeasurement(uint ssaFrameSize, ulong size)
    {
        if (size < 2 * PageSize || !ulong.IsPow2(size))
            throw new MalformedException(Format, "size", $"is {size}, expected a power of two of at least {2 * PageSize}");
        if (ssaFrameSize == 0) throw new MalformedException(Format, "SSAFRAMESIZE", "is zero");
        this.size = size;
        Span<byte> record = stackalloc byte[RecordSize];
        Begin(record, "ECREATE\0"u8);
        BinaryPrimitives.WriteUInt32LittleEndian(record[8..], ssaFrameSize);
        BinaryPrimitives.WriteUInt64LittleEndian(record[12..], size);
        hash.AppendData(record);
    }

    /// <summary>Adds a page: EADD, and EEXTEND over all of it where it is measured.</summary>
    /// <param name="offset">Its offset in the enclave, in bytes.</param>
    /// <param name="flags">SECINFO.FLAGS: kind and permissions.</param>
    /// <param name="content">Its 4096 bytes.</param>
    /// <param name="measured">Whether its content is measured; its address and flags always are.</param>
    /// <exception cref="MalformedException">The page is not of this size, not in the enclave, or was added before.</exception>
    public void AddPage(ulong offset, EnclavePageFlags flags, ReadOnlySpan<byte> content, bool measured = true)
    {
        if (content.Length != PageSize) throw new MalformedException(Format, "page", $"has {content.Length} bytes, expected {PageSize}");
        if (offset % PageSize != 0 || offset >= size)
            throw new MalformedException(Format, "page offset", $"is 0x{offset:x}, which is no page of the enclave");
        if (!added.Add(offset)) throw new MalformedException(Format, "page offset", $"is 0x{offset:x}, where there is a page already");
        Span<byte> record = stackalloc byte[RecordSize];
        Begin(record, "EADD\0\0\0\0"u8);
        BinaryPrimitives.WriteUInt64LittleEndian(record[8..], offset);
        BinaryPrimitives.WriteUInt64LittleEndian(record[16..], (ulong)flags);
        hash.AppendData(record);
        for (var at = 0; measured && at < PageSize; at += ChunkSize)
        {
            Begin(record, "EEXTEND\0"u8);
            BinaryPrimitives.WriteUInt64LittleEndian(record[8..], offset + (ulong)at);
            hash.AppendData(record);
            hash.AppendData(content.Slice(at, ChunkSize));
        }
    }

    /// <summary>EINIT: the measurement of the pages so far, 32 bytes.</summary>
    public byte[] MrEnclave() => hash.GetCurrentHash();

    /// <inheritdoc/>
    public void Dispose() => hash.Dispose();

    private static void Begin(Span<byte> record, ReadOnlySpan<byte> tag)
    {
        record.Clear();
        tag.CopyTo(record);
    }
}
