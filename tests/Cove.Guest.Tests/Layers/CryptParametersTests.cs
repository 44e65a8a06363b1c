using System.Text;
using Cove.Guest.Layers;

namespace Cove.Guest.Tests.Layers;

public sealed class CryptParametersTests
{
    [Theory]
    [InlineData(512, "")]
    [InlineData(4096, " 1 sector_size:4096")]
    public void They_are_what_dm_crypt_reads(int sector, string options)
    {
        byte[] key = [.. Enumerable.Range(0xF0 - 48, 64).Select(value => (byte)value)];
        using var parameters = CryptParameters.AesXts(key, 40, "/dev/loop3", sector);
        Assert.Equal($"aes-xts-plain64 {Convert.ToHexStringLower(key)} 40 /dev/loop3 0{options}", Encoding.ASCII.GetString(parameters.Text));
    }

    [Fact]
    public void They_are_cleared_when_they_were_used()
    {
        var parameters = CryptParameters.AesXts(new byte[64], 0, "/dev/loop3", 4096);
        parameters.Dispose();
        Assert.True(parameters.Text.IndexOfAnyExcept((byte)0) < 0);
    }

    [Fact]
    public void Of_a_target_that_no_kernel_has_the_reason_is_said() =>
        Assert.StartsWith("this kernel ", DeviceMapperControl.WhyNot("no-such-target"), StringComparison.Ordinal);
}
