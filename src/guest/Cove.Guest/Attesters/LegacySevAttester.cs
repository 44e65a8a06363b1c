using System.Runtime.InteropServices;
using Cove.Attestation;
using Cove.Outcomes;
using Cove.Protocol.SecureProcessor;

namespace Cove.Guest.Attesters;

/// <summary>The device of the 5.15 kernels that utility VMs run: the report ioctl on <c>/dev/sev</c>, from before the driver was upstream.</summary>
public sealed class LegacySevAttester : IAttester
{
    /// <summary>_IOWR('S', 0x1, struct sev_snp_guest_request of 40 bytes).</summary>
    internal const uint GetReport = 0xC0285301;

    private readonly IoControl control;

    /// <summary>Asks this device.</summary>
    public LegacySevAttester(string path = "/dev/sev")
        : this(path, DeviceFile.Control)
    {
    }

    internal LegacySevAttester(string path, IoControl control) => (Source, this.control) = (path, control);

    /// <inheritdoc/>
    public string Source { get; }

    /// <inheritdoc/>
    public Task<HardwareEvidence> GetEvidenceAsync(ReportData reportData, CancellationToken cancellation = default) =>
        Task.Run(() => SnpReportBinding.Take(Ask(new ReportRequest(reportData.Bytes)), reportData, Source), cancellation);

    private unsafe ReportResponse Ask(ReportRequest request)
    {
        var message = request.Encode();
        var answer = new byte[ReportResponse.Size];
        using var device = DeviceFile.Open(Source);
        fixed (byte* messageAt = message, answerAt = answer)
        {
            var argument = new GuestRequest
            {
                RequestType = (byte)ReportRequest.MessageType,
                ResponseType = (byte)ReportResponse.MessageType,
                MessageVersion = 1,
                RequestLength = ReportRequest.Size,
                Request = (ulong)messageAt,
                ResponseLength = ReportResponse.Size,
                Response = (ulong)answerAt,
            };
            var error = control(device, GetReport, (nint)(&argument));
            if (error != 0)
            {
                throw new UnavailableException(
                    Source, $"ioctl failed:{Marshal.GetPInvokeErrorMessage(error)} (firmware error 0x{argument.FirmwareError:x})");
            }
        }

        return ReportResponse.Parse(answer);
    }

    /// <summary>struct sev_snp_guest_request: 40 bytes in natural x86-64 alignment.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 40)]
    private struct GuestRequest
    {
        [FieldOffset(0)]
        public byte RequestType;

        [FieldOffset(1)]
        public byte ResponseType;

        [FieldOffset(2)]
        public byte MessageVersion;

        [FieldOffset(4)]
        public ushort RequestLength;

        [FieldOffset(8)]
        public ulong Request;

        [FieldOffset(16)]
        public ushort ResponseLength;

        [FieldOffset(24)]
        public ulong Response;

        [FieldOffset(32)]
        public uint FirmwareError;
    }
}
