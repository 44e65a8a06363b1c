using System.Buffers.Binary;
using System.Text;
using Cove.Outcomes;

namespace Cove.Cli.GuestImages;

/// <summary>A kernel module's file and what its <c>.modinfo</c> section says that it needs.</summary>
/// <param name="Name">Its name, with underscores.</param>
/// <param name="Path">Its file.</param>
/// <param name="Needs">Names of modules to be loaded before it.</param>
internal sealed record KernelModule(string Name, string Path, IReadOnlyList<string> Needs)
{
    private const string Section = ".modinfo";
    private const int HeaderSize = 64, SectionHeaderSize = 64;
    private const int DescriptorSize = 12;
    private const int MaximumSize = 64 * 1024 * 1024;

    private static ReadOnlySpan<byte> SignatureMark => "~Module signature appended~\n"u8;

    /// <summary>A module's name by its file: the kernel takes hyphens for underscores.</summary>
    public static string NameOf(string path) => System.IO.Path.GetFileName(path).Split('.')[0].Replace('-', '_');

    /// <summary>Reads one.</summary>
    /// <exception cref="MalformedException">It is no 64-bit little-endian ELF file with such a section.</exception>
    public static KernelModule Read(string path)
    {
        if (new FileInfo(path).Length > MaximumSize) throw new MalformedException("kernel module", path, $"is over {MaximumSize} bytes");
        var depends = Information(path, File.ReadAllBytes(path)).Split('\0').FirstOrDefault(entry => entry.StartsWith("depends=", StringComparison.Ordinal)) ?? "depends=";
        var needs = depends["depends=".Length..].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(name => name.Replace('-', '_'));
        return new KernelModule(NameOf(path), path, [.. needs]);
    }

    /// <summary>
    /// A module's file without the signature that the kernel's makers put behind it. The kernel would check it at each load, which takes it several times as
    /// long as the load itself; what a guest image holds is measured to the byte, and nothing else is ever loaded.
    /// </summary>
    /// <param name="path">Its file, for errors.</param>
    /// <param name="file">Its bytes.</param>
    /// <exception cref="MalformedException">There is the mark of a signature and no signature.</exception>
    public static byte[] WithoutSignature(string path, byte[] file)
    {
        if (!file.AsSpan().EndsWith(SignatureMark)) return file;

        // Before the mark a descriptor, whose last field is the length, big-endian, of the signature before it.
        var descriptor = file.Length - SignatureMark.Length - DescriptorSize;
        if (descriptor < 0) throw new MalformedException("kernel module", path, "has the mark of a signature and no more");
        var length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(descriptor + DescriptorSize - sizeof(uint)));
        return length < descriptor ? file[..(descriptor - (int)length)] : throw new MalformedException("kernel module", path, $"has a signature of {length} bytes, more than it has itself");
    }

    private static string Information(string path, ReadOnlySpan<byte> file)
    {
        if (file.Length < HeaderSize || !file[..6].SequenceEqual((ReadOnlySpan<byte>)[0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1])) throw Wrong("is no 64-bit ELF file");
        var table = BinaryPrimitives.ReadUInt64LittleEndian(file[40..]);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(file[60..]);
        var names = BinaryPrimitives.ReadUInt16LittleEndian(file[62..]);
        if (names >= count || table > (ulong)file.Length || (ulong)count * SectionHeaderSize > (ulong)file.Length - table) throw Wrong("has sections outside the file");
        var strings = Content(file, (int)table, names);
        for (var i = 0; i < count; i++)
        {
            var name = BinaryPrimitives.ReadUInt32LittleEndian(file[((int)table + (i * SectionHeaderSize))..]);
            if (name >= strings.Length) continue;
            var text = strings[(int)name..];
            if (text.IndexOf((byte)0) is var end and >= 0 && Encoding.ASCII.GetString(text[..end]) == Section) return Encoding.ASCII.GetString(Content(file, (int)table, i));
        }

        throw Wrong($"has no {Section}");

        ReadOnlySpan<byte> Content(ReadOnlySpan<byte> all, int at, int index)
        {
            var header = all[(at + (index * SectionHeaderSize))..];
            var (offset, size) = (BinaryPrimitives.ReadUInt64LittleEndian(header[24..]), BinaryPrimitives.ReadUInt64LittleEndian(header[32..]));
            return offset <= (ulong)all.Length && size <= (ulong)all.Length - offset ? all.Slice((int)offset, (int)size) : throw Wrong("has a section outside the file");
        }

        MalformedException Wrong(string problem) => new("kernel module", path, problem);
    }
}
