using System.Security.Cryptography;
using Cove.Volumes.Ciphers;

namespace Cove.Volumes.Tests.Ciphers;

public sealed class XtsCipherTests
{
    private const string First = "27182818284590452353602874713526";
    private const string Second = "31415926535897932384626433832795";
    private const string LongFirst = "2718281828459045235360287471352662497757247093699959574966967627";
    private const string LongSecond = "3141592653589793238462643383279502884197169399375105820974944592";

    /// <summary>IEEE 1619 annex B, vectors 4 and 10: 512 bytes counting up; the first 32 of the result.</summary>
    [Theory]
    [InlineData(First + Second, 0, "27a7479befa1d476489f308cd4cfa6e2a96e4bbe3208ff25287dd3819616e89c")]
    [InlineData(LongFirst + LongSecond, 0xff, "1c3b3a102f770386e4836c99e370cf9bea00803f5e482357a4ae12d414a3e63b")]
    public void Encrypts_as_the_standard_does(string key, ulong sector, string expected)
    {
        using var cipher = new XtsCipher(Convert.FromHexString(key), 512);
        var data = Counting(512);
        cipher.Encrypt(data, sector);
        Assert.Equal(expected, Convert.ToHexStringLower(data.AsSpan(0, 32)));
        cipher.Decrypt(data, sector);
        Assert.Equal(Counting(512), data);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(1024)]
    [InlineData(2048)]
    [InlineData(4096)]
    public void Each_sector_is_encrypted_under_its_own_number_whatever_else_is_in_the_batch(int sectorSize)
    {
        var key = RandomNumberGenerator.GetBytes(64);
        using var cipher = new XtsCipher(key, sectorSize);
        var data = new byte[(3 * 64 * 1024) + sectorSize];
        cipher.Encrypt(data, 7);
        for (var at = 0; at < data.Length; at += sectorSize)
        {
            var one = new byte[sectorSize];
            cipher.Encrypt(one, 7 + (ulong)(at / 512));
            Assert.True(one.AsSpan().SequenceEqual(data.AsSpan(at, sectorSize)), $"the sector at {at}");
        }
    }

    [Fact]
    public void A_changed_block_garbles_its_sixteen_bytes_and_nothing_else()
    {
        using var cipher = new XtsCipher(RandomNumberGenerator.GetBytes(64), 4096);
        var data = Counting(8192);
        cipher.Encrypt(data, 0);
        data[4100] ^= 1;
        cipher.Decrypt(data, 0);
        var plain = Counting(8192);
        Assert.NotEqual(plain[4096..4112], data[4096..4112]);
        plain.AsSpan(4096, 16).CopyTo(data.AsSpan(4096));
        Assert.Equal(plain, data);
    }

    [Fact]
    public void Threads_do_not_disturb_each_other()
    {
        using var cipher = new XtsCipher(RandomNumberGenerator.GetBytes(64), 4096);
        Parallel.For(0, 32, i =>
        {
            var data = Counting(64 * 1024);
            cipher.Encrypt(data, (ulong)i * 128);
            cipher.Decrypt(data, (ulong)i * 128);
            Assert.True(data.AsSpan().SequenceEqual(Counting(64 * 1024)));
        });
    }

    [Fact]
    public void Refuses_other_keys_sectors_and_parts_of_sectors()
    {
        var key = RandomNumberGenerator.GetBytes(64);
        Assert.Throws<ArgumentException>(() => new XtsCipher(key.AsSpan(0, 48), 512));
        Assert.Throws<ArgumentException>(() => new XtsCipher(new byte[64], 512));
        Assert.Throws<ArgumentException>(() => new XtsCipher(key, 8192));
        using var cipher = new XtsCipher(key, 4096);
        Assert.Throws<ArgumentException>(() => cipher.Encrypt(new byte[512], 0));
    }

    [Fact]
    public void Encrypts_nothing_under_a_key_that_was_zeroed()
    {
        var cipher = new XtsCipher(RandomNumberGenerator.GetBytes(64), 4096);
        var data = Counting(4096);
        cipher.Dispose();
        Assert.Throws<ObjectDisposedException>(() => cipher.Encrypt(data, 0));
        Assert.Equal(Counting(4096), data);
    }

    private static byte[] Counting(int length)
    {
        var data = new byte[length];
        for (var i = 0; i < length; i++) data[i] = (byte)i;
        return data;
    }
}
