using System.Text.Json;
using Cove.Attestation.Dcap;
using Cove.Attestation.Tdx;
using Cove.Attestation.Tests.Dcap;
using Cove.Attestation.Tests.Snp;
using Cove.Outcomes;

namespace Cove.Attestation.Tests.Tdx;

public sealed class EventLogTests
{
    private const string Go = "google-go-tdx-guest/ccel/";
    private const string Trustee = "coco-trustee/dcap/";

    [Fact]
    public void The_recorded_log_leads_to_all_four_registers_of_the_quote_that_was_taken_with_it()
    {
        var log = EventLog.Parse(Known.Bytes(Go + "ccel_data.dat"));
        var quote = TdxEvidence.Parse(Known.Bytes(Go + "cos-113-tdx-quote.dat"));
        Assert.Equal(43, log.Entries.Count);
        Assert.Empty(log.Check(RecordedQuoteTests.Pretend(quote)));
        Assert.Equal(Known.Bytes(Go + "nonce.dat"), quote.Quote.Td!.ReportData.Bytes.ToArray());
    }

    [Fact]
    public void A_log_with_any_measured_digest_changed_does_not_lead_there()
    {
        var bytes = Known.Bytes(Go + "ccel_data.dat");
        var report = Quote.Parse(Known.Bytes(Go + "cos-113-tdx-quote.dat")).Td!;
        foreach (var entry in EventLog.Parse(bytes).Entries.Where(entry => entry.IsMeasured))
        {
            var changed = bytes.ToArray();
            changed[entry.Offset + 8 + 4 + 2] ^= 1;
            var finding = Assert.Single(EventLog.Parse(changed).Check(report));
            Assert.Equal(("event-log-mismatch", $"RTMR{entry.Register - 1}"), (finding.Code, finding.Field));
        }
    }

    [Fact]
    public void A_log_of_another_boot_does_not_lead_there()
    {
        var report = Quote.Parse(Known.Bytes(Go + "cos-113-tdx-quote.dat")).Td!;
        Assert.NotEmpty(EventLog.Parse(Known.Bytes(Trustee + "CCEL_data_ovmf")).Check(report));
    }

    [Theory]
    [InlineData(Trustee + "CCEL_data", 5)]
    [InlineData(Trustee + "CCEL_data_ovmf", 20)]
    public void Recorded_logs_of_two_firmwares_are_read_to_their_end(string path, int events) => Assert.Equal(events, EventLog.Parse(Known.Bytes(path)).Entries.Count);

    [Fact]
    public void Events_are_those_that_another_verifier_extracted()
    {
        using var expected = JsonDocument.Parse(Known.Bytes(Trustee + "parse_tdx_claims_expected.json"));
        var theirs = expected.RootElement.GetProperty("uefi_event_logs").EnumerateArray().ToList();
        var ours = EventLog.Parse(Known.Bytes(Trustee + "CCEL_data")).Entries;
        Assert.Equal(
            theirs.Select(entry => (entry.GetProperty("digests")[0].GetProperty("digest").GetString(), entry.GetProperty("event").GetString())),
            ours.Select(entry => ((string?)Convert.ToHexStringLower(entry.Digest.Span), (string?)Convert.ToBase64String(entry.Data.Span))));
        Assert.Equal(theirs.Select(entry => entry.GetProperty("digest_matches_event").GetBoolean()), ours.Select(entry => entry.DigestIsOfData));
    }

    [Fact]
    public void A_log_that_is_cut_or_goes_on_after_its_end_is_malformed_with_the_place()
    {
        var bytes = Known.Bytes(Go + "ccel_data.dat");
        var last = EventLog.Parse(bytes).Entries[^1];
        Assert.InRange(Assert.Throws<MalformedException>(() => EventLog.Parse(bytes.AsMemory(0, last.Offset + 20))).Offset ?? -1, last.Offset, last.Offset + 20);
        bytes[^1] ^= 1;
        Assert.Equal(("end", bytes.Length - 1L), Assert.Throws<MalformedException>(() => EventLog.Parse(bytes)) is var malformed ? (malformed.Field, malformed.Offset ?? -1) : default);
    }

    [Theory]
    [InlineData(4, "event type")]
    [InlineData(32, "signature")]
    [InlineData(56, "algorithm count")]
    [InlineData(60, "algorithms")]
    [InlineData(65, "register")]
    public void A_log_with_a_field_that_cannot_be_is_malformed_and_names_it(int at, string field)
    {
        var bytes = Known.Bytes(Go + "ccel_data.dat");
        bytes[at] ^= 0x40;
        Assert.Equal(field, Assert.Throws<MalformedException>(() => EventLog.Parse(bytes)).Field);
    }

    [Fact]
    public void The_recorded_ACPI_table_says_where_the_log_is()
    {
        var bytes = Known.Bytes(Go + "ccel_table.dat");
        Assert.Equal(new CcelTable(0x40000, 0xbedbf000), CcelTable.Parse(bytes));
        for (var at = 0; at < bytes.Length; at++)
        {
            var changed = bytes.ToArray();
            changed[at] ^= 1;
            Assert.Throws<MalformedException>(() => CcelTable.Parse(changed));
        }
    }
}
