using System.Globalization;
using System.Text;

namespace Cove.Tests;

/// <summary>Tars made byte by byte, so that a test can also make one that no tool would write.</summary>
internal static class TarBytes
{
    public const long Time = 1_700_000_000;

    public static byte[] Header(string name, char type = '0', long size = 0, long mode = 0x1A4, string link = "", long time = Time, long uid = 0, string dialect = "ustar")
    {
        var block = new byte[512];
        Put(block, 0, Encoding.Latin1.GetBytes(name));
        Octal(block, 100, 8, mode);
        Octal(block, 108, 8, uid);
        Octal(block, 116, 8, 0);
        Octal(block, 124, 12, size);
        Octal(block, 136, 12, time);
        block[156] = (byte)type;
        Put(block, 157, Encoding.Latin1.GetBytes(link));
        if (dialect == "ustar") Put(block, 257, "ustar\u000000"u8);
        if (dialect == "gnu") Put(block, 257, "ustar  \0"u8);
        return Seal(block);
    }

    /// <summary>Changes a header and mends its checksum.</summary>
    public static byte[] With(this byte[] header, int offset, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(header.AsSpan(offset));
        return Seal(header);
    }

    public static byte[] Seal(byte[] header)
    {
        header.AsSpan(148, 8).Fill((byte)' ');
        var sum = header.Sum(b => b);
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(header, 148);
        return header;
    }

    public static byte[] Content(ReadOnlySpan<byte> content)
    {
        var padded = new byte[(content.Length + 511) / 512 * 512];
        content.CopyTo(padded);
        return padded;
    }

    public static byte[] File(string name, ReadOnlySpan<byte> content, char type = '0', long mode = 0x1A4)
    {
        var file = new byte[512 + ((content.Length + 511) / 512 * 512)];
        Header(name, type, content.Length, mode).CopyTo(file, 0);
        content.CopyTo(file.AsSpan(512));
        return file;
    }

    public static byte[] Directory(string name, long mode = 0x1ED) => Header(name, '5', mode: mode);

    public static byte[] Pax(params (string Key, string Value)[] records) => PaxOf('x', records);

    public static byte[] PaxOf(char type, params (string Key, string Value)[] records)
    {
        var data = records.SelectMany(r => Record(r.Key, r.Value)).ToArray();
        return [.. Header("pax", type, data.Length), .. Content(data)];
    }

    public static byte[] GnuLong(char type, string value)
    {
        var data = Encoding.Latin1.GetBytes(value + "\0");
        return [.. Header("././@LongLink", type, data.Length, dialect: "gnu"), .. Content(data)];
    }

    /// <summary>Two blocks of zeros, filled to a record of 10240 bytes as tar programs do.</summary>
    public static byte[] Archive(params IEnumerable<byte>[] entries)
    {
        using var archive = new MemoryStream();
        foreach (var entry in entries) archive.Write(entry as byte[] ?? [.. entry]);
        archive.SetLength((archive.Length + 1024 + 10239) / 10240 * 10240);
        return archive.ToArray();
    }

    private static byte[] Record(string key, string value)
    {
        var body = $" {key}={value}\n";
        var length = body.Length + 1;
        while ((length.ToString(CultureInfo.InvariantCulture) + body).Length != length) length++;
        return Encoding.Latin1.GetBytes(length.ToString(CultureInfo.InvariantCulture) + body);
    }

    private static void Put(byte[] block, int offset, ReadOnlySpan<byte> bytes) => bytes.CopyTo(block.AsSpan(offset));

    private static void Octal(byte[] block, int offset, int length, long value) =>
        Put(block, offset, Encoding.ASCII.GetBytes(Convert.ToString(value, 8).PadLeft(length - 1, '0')));
}
