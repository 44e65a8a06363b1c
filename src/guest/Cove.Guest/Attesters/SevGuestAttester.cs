using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Cove.Attestation;
using Cove.Attestation.Snp;
using Cove.Outcomes;
using Cove.Protocol.SecureProcessor;
using Microsoft.Win32.SafeHandles;

namespace Cove.Guest.Attesters;

/// <summary>
/// The mainline kernel's SEV-SNP guest device (Linux 5.19 and later): ioctl SNP_GET_EXT_REPORT on <c>/dev/sev-guest</c>, which also gives the
/// host's certificates, and SNP_GET_REPORT where the host does not serve that one.
/// </summary>
public sealed class SevGuestAttester : IAttester
{
    /// <summary>_IOWR('S', 0x0, struct snp_guest_request_ioctl of 32 bytes).</summary>
    internal const uint GetReport = 0xC0205300;

    /// <summary>_IOWR('S', 0x2, struct snp_guest_request_ioctl of 32 bytes).</summary>
    internal const uint GetExtendedReport = 0xC0205302;

    // struct snp_ext_report_req: the report request, the buffer's address and its size, which the driver wants in whole pages.
    private const int ExtendedRequestSize = ReportRequest.Size + 16;
    private const int CertificatesAddressAt = ReportRequest.Size;
    private const int CertificatesSizeAt = ReportRequest.Size + 8;
    private const int PageSize = 4096;
    private const int FirstTableSize = 4 * PageSize;

    // exitinfo2, upper half: SNP_GUEST_VMM_ERR_INVALID_LEN.
    private const ulong BufferTooSmall = 0x1_0000_0000;

    // struct snp_report_resp: the driver copies out this many bytes whatever the message's size is.
    private const int ResponseBufferSize = 4000;

    private readonly IoControl control;

    /// <summary>Asks this device.</summary>
    public SevGuestAttester(string path = "/dev/sev-guest")
        : this(path, DeviceFile.Control)
    {
    }

    internal SevGuestAttester(string path, IoControl control) => (Source, this.control) = (path, control);

    /// <inheritdoc/>
    public string Source { get; }

    /// <inheritdoc/>
    public Task<HardwareEvidence> GetEvidenceAsync(ReportData reportData, CancellationToken cancellation = default) => Task.Run(() => Get(reportData), cancellation);

    // The certificates only save the verifier a download, so a host that does not give any is no reason to give no report.
    private HardwareEvidence Get(ReportData reportData)
    {
        using var device = DeviceFile.Open(Source);
        var request = new ReportRequest(reportData.Bytes).Encode();
        return AskExtended(device, request, FirstTableSize) is var (response, table)
            ? SnpReportBinding.Take(response, reportData, Source, table)
            : SnpReportBinding.Take(Ask(device, request), reportData, Source);
    }

    private unsafe ReportResponse Ask(SafeFileHandle device, byte[] message)
    {
        var answer = new byte[ResponseBufferSize];
        fixed (byte* messageAt = message, answerAt = answer)
        {
            var argument = new GuestRequest { MessageVersion = 1, Request = (ulong)messageAt, Response = (ulong)answerAt };
            var error = control(device, GetReport, (nint)(&argument));
            if (error != 0)
            {
                throw new UnavailableException(
                    Source, $"ioctl failed:{Marshal.GetPInvokeErrorMessage(error)} (firmware error 0x{argument.FirmwareError:x})");
            }
        }

        return ReportResponse.Parse(answer.AsSpan(0, ReportResponse.Size));
    }

    // Null where the host gives no extended report; asked again once, with the size that the host names, where the table is larger than expected.
    private unsafe (ReportResponse Response, byte[] Table)? AskExtended(SafeFileHandle device, byte[] request, int tableSize)
    {
        var message = new byte[ExtendedRequestSize];
        request.CopyTo(message, 0);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(CertificatesSizeAt), tableSize);
        var answer = new byte[ResponseBufferSize];
        var table = new byte[tableSize];
        fixed (byte* messageAt = message, answerAt = answer, tableAt = table)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(message.AsSpan(CertificatesAddressAt), (ulong)tableAt);
            var argument = new GuestRequest { MessageVersion = 1, Request = (ulong)messageAt, Response = (ulong)answerAt };
            if (control(device, GetExtendedReport, (nint)(&argument)) == 0) return (ReportResponse.Parse(answer.AsSpan(0, ReportResponse.Size)), table);
            if (argument.FirmwareError != BufferTooSmall) return null;
        }

        var needed = BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(CertificatesSizeAt));
        return needed > tableSize && needed <= SnpCertificateTable.MaximumSize && needed % PageSize == 0 ? AskExtended(device, request, (int)needed) : null;
    }

    /// <summary>struct snp_guest_request_ioctl: 32 bytes, the version padded to 8.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 32)]
    private struct GuestRequest
    {
        [FieldOffset(0)]
        public byte MessageVersion;

        [FieldOffset(8)]
        public ulong Request;

        [FieldOffset(16)]
        public ulong Response;

        [FieldOffset(24)]
        public ulong FirmwareError;
    }
}
