using Cove.Outcomes;

namespace Cove.Attestation.Tests;

public sealed class ReportDataTests
{
    [Fact]
    public void Runtime_data_is_bound_by_its_sha256_and_32_zero_bytes() =>
        Assert.Equal(
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" + new string('0', 64),
            ReportData.FromRuntimeData("abc"u8).ToString());

    [Theory]
    [InlineData(0)]
    [InlineData(32)]
    [InlineData(63)]
    [InlineData(65)]
    public void Refuses_another_size(int size) => Assert.Throws<MalformedException>(() => new ReportData(new byte[size]));

    [Fact]
    public void Equal_bytes_are_equal_and_one_other_bit_is_not()
    {
        var bytes = new byte[64];
        var zero = new ReportData(bytes);
        bytes[63] = 1;

        Assert.Equal(new ReportData(new byte[64]), zero);
        Assert.NotEqual(new ReportData(bytes), zero);
    }
}
