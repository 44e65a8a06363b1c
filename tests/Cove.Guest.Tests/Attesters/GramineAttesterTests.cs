using Cove.Guest.Attesters;
using Cove.Outcomes;

namespace Cove.Guest.Tests.Attesters;

public sealed class GramineAttesterTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Writes_the_report_data_and_gives_the_quote()
    {
        var quote = Quote(FakeFirmware.Data.Bytes);

        var evidence = await Ask("dcap", quote);

        Assert.Equal(EvidenceFormat.SgxQuote, evidence.Format);
        Assert.Equal(quote, evidence.Bytes.ToArray());
        Assert.Equal(FakeFirmware.Data.Bytes, File.ReadAllBytes(Path.Combine(folder.Path, "user_report_data")));
    }

    [Fact]
    public async Task Refuses_a_quote_over_other_report_data()
    {
        var quote = Quote(FakeFirmware.Data.Bytes);
        quote[368 + 63] ^= 1;
        await Assert.ThrowsAsync<MalformedException>(() => Ask("dcap", quote));
    }

    [Fact]
    public async Task Refuses_a_quote_cut_short() =>
        await Assert.ThrowsAsync<MalformedException>(() => Ask("dcap", Quote(FakeFirmware.Data.Bytes)[..431]));

    [Fact]
    public async Task Refuses_a_quote_over_the_limit() =>
        await Assert.ThrowsAsync<MalformedException>(() => Ask("dcap", new byte[(32 * 1024) + 1]));

    [Theory]
    [InlineData("none")]
    [InlineData("epid")]
    public async Task Other_attestation_types_are_unavailable(string type) =>
        await Assert.ThrowsAsync<UnavailableException>(() => Ask(type, Quote(FakeFirmware.Data.Bytes)));

    private static byte[] Quote(ReadOnlySpan<byte> reportData)
    {
        var quote = new byte[600];
        reportData.CopyTo(quote.AsSpan(368));
        return quote;
    }

    private async Task<HardwareEvidence> Ask(string type, byte[] quote)
    {
        folder.File("attestation_type", type + "\n");
        folder.File("user_report_data");
        File.WriteAllBytes(Path.Combine(folder.Path, "quote"), quote);
        using var attester = new GramineAttester(folder.Path);
        return await attester.GetEvidenceAsync(FakeFirmware.Data);
    }
}
