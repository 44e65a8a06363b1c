using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Cove.Hosting.Storage.Sealing;
using Cove.Protocol.SecureProcessor;
using Cove.Runtime.Simulation;
using Microsoft.Win32.SafeHandles;

namespace Cove.Services.Tests.Hosting;

/// <summary>Plays the kernel's driver in front of a processor: reads the ioctl's structure and message from memory, and writes the answer there.</summary>
internal sealed class FakeSevDevice(SimulatedProcessor processor)
{
    public int Errno { get; set; }

    public uint Status { get; set; }

    public List<(uint Call, byte[] Argument)> Asked { get; } = [];

    public int Control(SafeFileHandle device, uint call, nint at)
    {
        Assert.False(device.IsClosed);
        var argument = new byte[32];
        Marshal.Copy(at, argument, 0, argument.Length);
        Asked.Add((call, argument));
        if (Errno != 0)
        {
            Marshal.WriteInt64(at, 24, 0xFF);
            return Errno;
        }

        var message = new byte[call == SevGuestDevice.GetDerivedKey ? DerivedKeyRequest.Size : ReportRequest.Size];
        Marshal.Copy((nint)BinaryPrimitives.ReadInt64LittleEndian(argument.AsSpan(8)), message, 0, message.Length);
        var answer = call == SevGuestDevice.GetDerivedKey ? Derive(message) : Report(message);
        Marshal.Copy(answer, 0, (nint)BinaryPrimitives.ReadInt64LittleEndian(argument.AsSpan(16)), answer.Length);
        return 0;
    }

    private byte[] Derive(byte[] message)
    {
        using var derived = Status == 0 ? processor.DeriveKey(DerivedKeyRequest.Parse(message)) : DerivedKeyResponse.Failed(Status);
        return derived.Encode();
    }

    private byte[] Report(byte[] message) => [.. ReportResponse.Of(processor.GetReport(ReportRequest.Parse(message).ReportData.Span, 0)).Encode(), .. new byte[4000 - ReportResponse.Size]];
}
