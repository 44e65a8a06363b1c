using Cove.Attestation;
using Cove.Outcomes;
using Cove.Protocol.SecureProcessor;

namespace Cove.Guest.Attesters;

/// <summary>Takes the report out of the processor's answer, and nothing but a report over the data that was asked for.</summary>
internal static class SnpReportBinding
{
    private const int ReportDataOffset = 0x50;

    public static HardwareEvidence Take(ReportResponse response, ReportData asked, string source, ReadOnlyMemory<byte> certificateTable = default)
    {
        if (response.Status != ReportResponse.Success)
            throw new UnavailableException(source, $"fetching attestation report failed. status: {response.Status}");
        // A host without certificates leaves the buffer as it was.
        return Take(response.Report, asked, certificateTable.Span.ContainsAnyExcept((byte)0) ? certificateTable : default);
    }

    public static HardwareEvidence Take(ReadOnlyMemory<byte> report, ReportData asked, ReadOnlyMemory<byte> certificateTable = default)
    {
        if (report.Length != ReportResponse.ReportSize)
        {
            throw new MalformedException("SNP report", "ATTESTATION_REPORT", $"is {report.Length} bytes, expected {ReportResponse.ReportSize}");
        }

        if (!report.Span.Slice(ReportDataOffset, ReportRequest.ReportDataSize).SequenceEqual(asked.Bytes))
            throw new MalformedException("SNP report", "REPORT_DATA", "is not what was asked for", ReportDataOffset);
        return new HardwareEvidence(EvidenceFormat.SnpReport, report, certificateTable);
    }
}
