using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Cove.Attestation;
using Cove.Guest.Attesters;
using Microsoft.Win32.SafeHandles;

namespace Cove.Guest.Tests.Attesters;

/// <summary>Plays the kernel driver and the firmware behind it: reads the ioctl structure from memory as they do, answers with a report.</summary>
internal sealed class FakeFirmware
{
    public static readonly ReportData Data = new([.. Enumerable.Range(1, 64).Select(i => (byte)i)]);

    /// <summary>Changes the answer before it is given.</summary>
    public Action<byte[]>? Tamper { get; init; }

    /// <summary>errno of the ioctl.</summary>
    public int Errno { get; init; }

    /// <summary>The host's certificate table; null for a host that does not serve extended reports.</summary>
    public byte[]? Table { get; init; }

    /// <summary>The buffer size that the host asks for, where it is not the table's.</summary>
    public uint? AskedSize { get; init; }

    /// <summary>Every ioctl in order.</summary>
    public List<uint> Requests { get; } = [];

    public uint Request { get; private set; }

    public byte[] Argument { get; private set; } = [];

    public byte[] Message { get; private set; } = [];

    public SafeFileHandle? Device { get; private set; }

    /// <summary>A report that carries this report data and is otherwise recognisable filler.</summary>
    public static byte[] Report(ReadOnlySpan<byte> reportData)
    {
        var report = new byte[1184];
        Array.Fill(report, (byte)0xAB);
        reportData.CopyTo(report.AsSpan(0x50));
        return report;
    }

    public int Mainline(SafeFileHandle device, uint request, nint argument)
    {
        Requests.Add(request);
        return request == SevGuestAttester.GetExtendedReport && Errno == 0 && GiveTable(argument) is var error and not 0 ? error : Answer(device, request, argument, 32, 8, 16);
    }

    public int Legacy(SafeFileHandle device, uint request, nint argument) => Answer(device, request, argument, 40, 8, 24);

    // As the kernel does it: exitinfo2 says that the buffer is too small, and the request's length how large it must be.
    private int GiveTable(nint argument)
    {
        const int ioError = 5;
        if (Table is null) return ioError;
        var message = Marshal.ReadIntPtr(argument, 8);
        var needed = AskedSize ?? (uint)((Table.Length + 4095) / 4096 * 4096);
        if (needed > (uint)Marshal.ReadInt32(message, 104))
        {
            Marshal.WriteInt32(message, 104, (int)needed);
            Marshal.WriteInt64(argument, 24, 0x1_0000_0000);
            return ioError;
        }

        Marshal.Copy(Table, 0, Marshal.ReadIntPtr(message, 96), Table.Length);
        return 0;
    }

    private int Answer(SafeFileHandle device, uint request, nint argument, int size, int requestAt, int responseAt)
    {
        (Device, Request) = (device, request);
        Assert.False(device.IsClosed);
        Argument = new byte[size];
        Marshal.Copy(argument, Argument, 0, size);
        if (Errno != 0) return Errno;

        Message = new byte[96];
        Marshal.Copy((nint)BinaryPrimitives.ReadUInt64LittleEndian(Argument.AsSpan(requestAt)), Message, 0, Message.Length);
        var answer = new byte[1280];
        BinaryPrimitives.WriteUInt32LittleEndian(answer.AsSpan(4), 1184);
        Report(Message.AsSpan(0, 64)).CopyTo(answer, 32);
        Tamper?.Invoke(answer);
        Marshal.Copy(answer, 0, (nint)BinaryPrimitives.ReadUInt64LittleEndian(Argument.AsSpan(responseAt)), answer.Length);
        return 0;
    }
}
