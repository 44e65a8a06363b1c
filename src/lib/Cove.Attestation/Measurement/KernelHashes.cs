using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Cove.Outcomes;

namespace Cove.Attestation.Measurement;

/// <summary>Hashes of kernel, initial file system and command line, which the firmware compares before it starts the kernel.</summary>
public sealed class KernelHashes
{
    private const int TableSize = 168;
    private const int EntrySize = 50;
    private static readonly Guid Header = new("9438d606-4f22-4cc9-b479-a793d411fd21");
    private static readonly Guid CommandLine = new("97d02dd8-bd20-4c94-aa78-e7714d36ab2a");
    private static readonly Guid InitialFiles = new("44baf731-3a2f-4bd7-9af1-41e29169781d");
    private static readonly Guid Kernel = new("4de79437-abd2-427f-b835-d5b172d2045b");
    private readonly byte[] _table = new byte[TableSize];

    private KernelHashes(byte[] commandLine, byte[] initialFiles, byte[] kernel)
    {
        Write(0, Header, TableSize, []);
        Write(18, CommandLine, EntrySize, commandLine);
        Write(18 + EntrySize, InitialFiles, EntrySize, initialFiles);
        Write(18 + (2 * EntrySize), Kernel, EntrySize, kernel);
    }

    /// <summary>Hashes all three; streams are read to their end.</summary>
    /// <param name="kernel">The kernel image, whole.</param>
    /// <param name="initialFiles">The initial file system (initrd); null for none.</param>
    /// <param name="commandLine">The command line; empty for none.</param>
    /// <param name="cancellation">Stops reading.</param>
    public static async Task<KernelHashes> OfAsync(Stream kernel, Stream? initialFiles, string commandLine, CancellationToken cancellation = default) => new(
        SHA256.HashData(Encoding.UTF8.GetBytes(commandLine + '\0')),
        initialFiles is null ? SHA256.HashData([]) : await SHA256.HashDataAsync(initialFiles, cancellation),
        await SHA256.HashDataAsync(kernel, cancellation));

    /// <summary>The pages of the firmware's section for the table, which lies in them where the firmware looks for it.</summary>
    internal byte[] Section(uint tableAddress, uint size)
    {
        var offset = (int)(tableAddress & (LaunchDigest.PageSize - 1));
        if (tableAddress == 0 || offset + TableSize > size) throw new MalformedException("OVMF image", "hash table", $"of {TableSize} bytes does not fit into its section of {size} bytes");
        var section = new byte[size];
        _table.CopyTo(section, offset);
        return section;
    }

    /// <summary>The table, filled up to whole blocks of the cipher, as the older modes measure it.</summary>
    internal byte[] PaddedTable()
    {
        const int block = 16;
        var padded = new byte[(TableSize + block - 1) / block * block];
        _table.CopyTo(padded, 0);
        return padded;
    }

    private void Write(int at, Guid name, int length, ReadOnlySpan<byte> hash)
    {
        name.TryWriteBytes(_table.AsSpan(at));
        BinaryPrimitives.WriteUInt16LittleEndian(_table.AsSpan(at + 16), (ushort)length);
        hash.CopyTo(_table.AsSpan(at + 18));
    }
}
