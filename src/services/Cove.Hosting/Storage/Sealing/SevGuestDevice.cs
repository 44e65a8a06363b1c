using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Cove.Outcomes;
using Cove.Protocol.SecureProcessor;
using Microsoft.Win32.SafeHandles;

namespace Cove.Hosting.Storage.Sealing;

/// <summary>The kernel's SEV-SNP guest device: ioctls SNP_GET_REPORT and SNP_GET_DERIVED_KEY.</summary>
internal sealed class SevGuestDevice(string path, DeviceControl control) : ISealingProcessor
{
    /// <summary>_IOWR('S', 0x0, struct snp_guest_request_ioctl of 32 bytes).</summary>
    public const uint GetReport = 0xC0205300;

    /// <summary>_IOWR('S', 0x1, struct snp_guest_request_ioctl of 32 bytes).</summary>
    public const uint GetDerivedKey = 0xC0205301;

    // struct snp_report_resp: the driver copies out this many bytes whatever the message's size is.
    private const int ReportBufferSize = 4000;
    private const int ArgumentSize = 32;
    private const byte MessageVersion = 1;
    private const int OpenReadWrite = 2;
    private const int OpenCloseOnExec = 0x80000;

    public SevGuestDevice(string path)
        : this(path, Control)
    {
    }

    public string Path => path;

    public Task<ReportResponse> GetReportAsync(ReportRequest request)
        => Task.Run(() => ReportResponse.Parse(Ask(GetReport, request, NewPinned(ReportBufferSize)).AsSpan(0, ReportResponse.Size)));

    public Task<DerivedKeyResponse> DeriveKeyAsync(DerivedKeyRequest request) => Task.Run(() =>
    {
        var answer = NewPinned(DerivedKeyResponse.Size);
        try
        {
            return DerivedKeyResponse.Parse(Ask(GetDerivedKey, request, answer));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(answer);
        }
    });

    private byte[] Ask(uint call, IProcessorRequest request, byte[] answer)
    {
        using var device = OpenFile(path, OpenReadWrite | OpenCloseOnExec);
        if (device.IsInvalid) throw new UnavailableException(path, $"this is no SEV-SNP guest, or its device may not be used: {Marshal.GetLastPInvokeErrorMessage()}");
        var message = NewPinned(request.Encode());
        // struct snp_guest_request_ioctl: msg_version u8 padded to 8, req_data u64, resp_data u64, exitinfo2 u64.
        var argument = NewPinned(ArgumentSize);
        argument[0] = MessageVersion;
        BinaryPrimitives.WriteInt64LittleEndian(argument.AsSpan(8), Address(message));
        BinaryPrimitives.WriteInt64LittleEndian(argument.AsSpan(16), Address(answer));
        var error = control(device, call, Address(argument));
        GC.KeepAlive(message);
        if (error == 0) return answer;
        throw new UnavailableException(path, $"{Marshal.GetPInvokeErrorMessage(error)} (firmware error 0x{BinaryPrimitives.ReadUInt64LittleEndian(argument.AsSpan(24)):x})");
    }

    private static byte[] NewPinned(int length) => GC.AllocateArray<byte>(length, pinned: true);

    private static byte[] NewPinned(byte[] content)
    {
        var pinned = NewPinned(content.Length);
        content.CopyTo(pinned, 0);
        return pinned;
    }

    private static nint Address(byte[] pinned) => Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);

    private static int Control(SafeFileHandle device, uint call, nint argument) => ControlDevice(device, call, argument) < 0 ? Marshal.GetLastPInvokeError() : 0;

    // open(2), without the locks and seeks that .NET adds for ordinary files.
    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern SafeFileHandle OpenFile([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ControlDevice(SafeFileHandle device, nuint call, nint argument);
}
