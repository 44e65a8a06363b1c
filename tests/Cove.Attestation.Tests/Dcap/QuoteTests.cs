using Cove.Attestation.Dcap;
using Cove.Attestation.Tests.Snp;
using Cove.Outcomes;

namespace Cove.Attestation.Tests.Dcap;

public sealed class QuoteTests
{
    private const string Sgx = "coco-trustee/dcap/occlum_quote.dat";
    private const string Tdx10 = "coco-trustee/dcap/tdx_quote_4.dat";
    private const string Tdx15 = "google-go-tdx-guest/quote_v5_sample.dat";

    [Theory]
    [InlineData(Sgx, 3, QuoteTee.Sgx, 8, 13, 4733, 0)]
    [InlineData(Tdx10, 4, QuoteTee.Tdx, 0, 0, 4936, 0)]
    [InlineData("coco-trustee/dcap/tdx_quote_5.dat", 5, QuoteTee.Tdx, 0, 0, 5006, 0)]
    [InlineData("coco-trustee/dcap/tdx_quote_6.dat", 4, QuoteTee.Tdx, 0, 0, 4936, 70)]
    [InlineData(Tdx15, 5, QuoteTee.Tdx, 0, 0, 5006, 0)]
    [InlineData("google-go-tdx-guest/ccel/cos-113-tdx-quote.dat", 4, QuoteTee.Tdx, 0, 0, 4935, 3065)]
    [InlineData("google-go-tdx-guest/tdx_prod_quote_SPR_E4.dat", 4, QuoteTee.Tdx, 0, 0, 4935, 39)]
    public void A_recorded_quote_is_read_as_it_is(string path, int version, QuoteTee tee, int qeSvn, int pceSvn, int length, int trailing)
    {
        var quote = Quote.Parse(Known.Bytes(path));
        Assert.Equal((version, tee, qeSvn, pceSvn), (quote.Version, quote.Tee, quote.QeSvn, quote.PceSvn));
        Assert.Equal((length, trailing), (quote.Bytes.Length, quote.TrailingLength));
        Assert.Equal(tee == QuoteTee.Sgx, quote.Sgx is not null);
        Assert.Equal(tee == QuoteTee.Tdx, quote.Td is not null);
        Assert.Equal(["Intel SGX PCK Certificate", "Intel SGX PCK Platform CA", "Intel SGX Root CA"], quote.Certificates().Select(certificate => certificate.Subject.CommonName));
    }

    [Theory]
    [InlineData(Sgx)]
    [InlineData(Tdx10)]
    [InlineData(Tdx15)]
    public void A_quote_that_is_cut_anywhere_is_malformed_and_says_where(string path)
    {
        var bytes = Known.Bytes(path);
        for (var length = 0; length < bytes.Length; length += 7)
        {
            var malformed = Assert.Throws<MalformedException>(() => Quote.Parse(bytes.AsSpan(0, length)));
            Assert.InRange(malformed.Offset ?? -1, 0, length);
        }
    }

    [Theory]
    [InlineData(Sgx, 0, 6, "version", 0)]
    [InlineData(Sgx, 0, 2, "version", 0)]
    [InlineData(Sgx, 2, 3, "attestation key type", 2)]
    [InlineData(Sgx, 4, 0x81, "TEE type", 4)]
    [InlineData(Tdx10, 4, 0x80, "TEE type", 4)]
    [InlineData(Tdx10, 12, 0, "QE vendor id", 12)]
    [InlineData(Tdx15, 48, 4, "body type", 48)]
    [InlineData(Tdx15, 48, 1, "body type", 48)]
    [InlineData(Tdx15, 50, 1, "body size", 50)]
    [InlineData(Sgx, 48 + 20, 1, "reserved after MISCSELECT", 48 + 20)]
    [InlineData(Sgx, 48 + 97, 1, "reserved after MRENCLAVE", 48 + 97)]
    [InlineData(Sgx, 434, 1, "signature data length", 432)]
    [InlineData(Sgx, 432, 0, "signature data", 4733)]
    [InlineData(Tdx10, 636 + 128, 5, "certification data type", 636 + 128)]
    [InlineData(Tdx10, 636 + 130, 1, "certification data length", 636 + 130)]
    [InlineData(Sgx, 436 + 610, 7, "QE certification data type", 436 + 610)]
    public void A_field_that_cannot_be_is_named_with_its_place(string path, int at, byte value, string field, long offset)
    {
        var bytes = Known.Bytes(path);
        Quote.Parse(bytes);
        Assert.NotEqual(value, bytes[at]);
        bytes[at] = value;
        var malformed = Assert.Throws<MalformedException>(() => Quote.Parse(bytes));
        Assert.Equal((field, offset), (malformed.Field, malformed.Offset));
    }

    [Fact]
    public void A_quote_over_the_limit_is_refused_however_much_of_it_trails()
    {
        var bytes = Known.Bytes(Sgx);
        Array.Resize(ref bytes, Quote.MaximumSize);
        Assert.Equal(Quote.MaximumSize - 4733, Quote.Parse(bytes).TrailingLength);
        Array.Resize(ref bytes, Quote.MaximumSize + 1);
        Assert.Equal("length", Assert.Throws<MalformedException>(() => Quote.Parse(bytes)).Field);
    }

    [Fact]
    public void Evidence_is_of_the_kind_that_the_quote_is_about()
    {
        Assert.IsType<SgxEvidence>(QuoteEvidence.Parse(Known.Bytes(Sgx)));
        Assert.IsType<TdxEvidence>(QuoteEvidence.Parse(Known.Bytes(Tdx10)));
        Assert.Equal("TEE type", Assert.Throws<MalformedException>(() => TdxEvidence.Parse(Known.Bytes(Sgx))).Field);
        Assert.Equal("TEE type", Assert.Throws<MalformedException>(() => SgxEvidence.Parse(Known.Bytes(Tdx10))).Field);
    }
}
