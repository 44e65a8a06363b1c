using System.Security.Cryptography;
using Cove.Outcomes;
using Cove.Protocol.SecureProcessor;

namespace Cove.Protocol.Tests.SecureProcessor;

public sealed class ReportMessageTests
{
    private static readonly byte[] Data = [.. Enumerable.Range(1, 64).Select(i => (byte)i)];

    [Fact]
    public void A_request_lies_in_memory_as_the_firmware_wants_it()
    {
        var message = new ReportRequest(Data, 2).Encode();

        Assert.Equal([.. Data, 2, 0, 0, 0, .. new byte[28]], message);
        var parsed = ReportRequest.Parse(message);
        Assert.Equal(Data, parsed.ReportData.ToArray());
        Assert.Equal(2u, parsed.Vmpl);
    }

    [Theory]
    [InlineData(63)]
    [InlineData(65)]
    [InlineData(0)]
    public void Refuses_report_data_of_another_size(int size) =>
        Assert.Equal("REPORT_DATA", Assert.Throws<MalformedException>(() => new ReportRequest(new byte[size])).Field);

    [Fact]
    public void Refuses_a_request_with_a_level_that_does_not_exist()
    {
        var message = new ReportRequest(Data, 3).Encode();
        message[64] = 4;
        Assert.Equal("VMPL", Assert.Throws<MalformedException>(() => ReportRequest.Parse(message)).Field);
    }

    [Theory]
    [InlineData(68)]
    [InlineData(95)]
    public void Refuses_a_request_with_a_reserved_byte_set(int offset)
    {
        var message = new ReportRequest(Data).Encode();
        message[offset] = 1;
        Assert.Equal("reserved bytes", Assert.Throws<MalformedException>(() => ReportRequest.Parse(message)).Field);
    }

    [Theory]
    [InlineData(95)]
    [InlineData(97)]
    public void Refuses_a_request_of_another_size(int size) =>
        Assert.Equal("message", Assert.Throws<MalformedException>(() => ReportRequest.Parse(new byte[size])).Field);

    [Fact]
    public void A_response_holds_the_report_at_byte_32()
    {
        var report = RandomNumberGenerator.GetBytes(1184);

        var message = ReportResponse.Of(report).Encode();

        Assert.Equal([0, 0, 0, 0, 0xA0, 0x04, 0, 0, .. new byte[24], .. report, .. new byte[64]], message);
        Assert.Equal(report, ReportResponse.Parse(message).Report.ToArray());
    }

    [Fact]
    public void A_failed_response_has_a_status_and_no_report()
    {
        var parsed = ReportResponse.Parse(ReportResponse.Failed(ReportResponse.InvalidParameters).Encode());

        Assert.Equal(0x16u, parsed.Status);
        Assert.True(parsed.Report.IsEmpty);
        Assert.Throws<ArgumentOutOfRangeException>(() => ReportResponse.Failed(0));
    }

    [Theory]
    [InlineData(4, "REPORT_SIZE")]
    [InlineData(8, "reserved bytes")]
    [InlineData(31, "reserved bytes")]
    [InlineData(1216, "padding")]
    [InlineData(1279, "padding")]
    public void Refuses_a_response_with_one_byte_out_of_place(int offset, string field)
    {
        var message = ReportResponse.Of(new byte[1184]).Encode();
        message[offset] ^= 1;
        Assert.Equal(field, Assert.Throws<MalformedException>(() => ReportResponse.Parse(message)).Field);
    }

    [Theory]
    [InlineData(1279)]
    [InlineData(1281)]
    public void Refuses_a_response_of_another_size(int size) =>
        Assert.Equal("message", Assert.Throws<MalformedException>(() => ReportResponse.Parse(new byte[size])).Field);

    [Theory]
    [InlineData(1183)]
    [InlineData(1185)]
    public void Refuses_to_send_a_report_of_another_size(int size) =>
        Assert.Throws<MalformedException>(() => ReportResponse.Of(new byte[size]));
}
