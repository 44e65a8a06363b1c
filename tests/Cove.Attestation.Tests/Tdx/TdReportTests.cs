using Cove.Attestation.Tdx;
using Cove.Attestation.Tests.Snp;
using Cove.Outcomes;

namespace Cove.Attestation.Tests.Tdx;

public sealed class TdReportTests
{
    private const string Recorded = "coco-guest-components/tdx_report_1.bin";

    [Fact]
    public void The_recorded_report_carries_what_its_hashes_are_over()
    {
        var bytes = Known.Bytes(Recorded);
        var report = TdReport.Parse(bytes);
        Assert.True(report.Body.IsTdx15);
        Assert.Equal(bytes[128..192], report.Body.ReportData.Bytes.ToArray());
        Assert.Equal(bytes[528..576], report.Body.MrTd.ToArray());
        Assert.Equal(bytes[720..768], report.Body.Rtmr(0).ToArray());
        Assert.Equal(bytes[912..960], report.Body.MrServiceTd.ToArray());
        Assert.Equal((byte)5, report.Body.TeeTcbSvn[0]);
    }

    [Fact]
    public void Random_bytes_are_no_report() =>
        Assert.Equal(("REPORTTYPE.TYPE", 0L), Assert.Throws<MalformedException>(() => TdReport.Parse(Known.Bytes("google-go-tdx-guest/report.dat"))) is var malformed ? (malformed.Field, malformed.Offset ?? -1) : default);

    [Fact]
    public void Any_byte_changed_that_a_hash_covers_or_that_is_reserved_is_found()
    {
        var bytes = Known.Bytes(Recorded);
        for (var at = 0; at < bytes.Length; at++)
        {
            // CPUSVN, REPORTDATA and MAC are under the MAC alone, which only the same processor can check.
            if (at is (>= 16 and < 32) or (>= 128 and < 192) or (>= 224 and < 256)) continue;
            if (at == 2) continue;
            var changed = bytes.ToArray();
            changed[at] ^= 1;
            Assert.Throws<MalformedException>(() => TdReport.Parse(changed));
        }

        Assert.Throws<MalformedException>(() => TdReport.Parse(bytes.AsSpan(0, 1023)));
    }
}
