using System.Runtime.InteropServices;
using Cove.Attestation;
using Cove.Outcomes;
using Cove.Protocol.SecureProcessor;

namespace Cove.Guest.Attesters;

/// <summary>The mainline kernel's SEV-SNP guest device (Linux 5.19 and later): ioctl SNP_GET_REPORT on <c>/dev/sev-guest</c>.</summary>
public sealed class SevGuestAttester : IAttester
{
    /// <summary>_IOWR('S', 0x0, struct snp_guest_request_ioctl of 32 bytes).</summary>
    internal const uint GetReport = 0xC0205300;

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
    public Task<HardwareEvidence> GetEvidenceAsync(ReportData reportData, CancellationToken cancellation = default) =>
        Task.Run(() => SnpReportBinding.Take(Ask(new ReportRequest(reportData.Bytes)), reportData, Source), cancellation);

    private unsafe ReportResponse Ask(ReportRequest request)
    {
        var message = request.Encode();
        var answer = new byte[ResponseBufferSize];
        using var device = DeviceFile.Open(Source);
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
