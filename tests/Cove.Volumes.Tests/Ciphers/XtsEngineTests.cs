using System.Security.Cryptography;
using Cove.Volumes.Ciphers;

namespace Cove.Volumes.Tests.Ciphers;

/// <summary>What each way to compute AES-XTS says, next to the standard, to OpenSSL and to the other.</summary>
public sealed class XtsEngineTests
{
    private const string First = "27182818284590452353602874713526";
    private const string Second = "31415926535897932384626433832795";
    private const string LongFirst = "2718281828459045235360287471352662497757247093699959574966967627";
    private const string LongSecond = "3141592653589793238462643383279502884197169399375105820974944592";

    public static TheoryData<string> Engines => ["instructions", "platform"];

    /// <summary>IEEE 1619 annex B, vectors 4 and 10: 512 bytes counting up; the first 32 of the result.</summary>
    [Theory]
    [MemberData(nameof(Engines))]
    public void Encrypts_and_decrypts_as_the_standard_does(string name)
    {
        (string Key, ulong Sector, string Expected)[] vectors =
        [
            (First + Second, 0, "27a7479befa1d476489f308cd4cfa6e2a96e4bbe3208ff25287dd3819616e89c"),
            (LongFirst + LongSecond, 0xff, "1c3b3a102f770386e4836c99e370cf9bea00803f5e482357a4ae12d414a3e63b"),
        ];
        foreach (var (key, sector, expected) in vectors)
        {
            using var engine = Create(name, Convert.FromHexString(key));
            var data = Enumerable.Range(0, 512).Select(i => (byte)i).ToArray();
            var plain = data.ToArray();
            engine.Run(data, data, sector, 512, encrypt: true);
            Assert.Equal(expected, Convert.ToHexStringLower(data.AsSpan(0, 32)));
            engine.Run(data, data, sector, 512, encrypt: false);
            Assert.Equal(plain, data);
        }
    }

    [Theory]
    [InlineData("instructions", 32)]
    [InlineData("instructions", 64)]
    [InlineData("platform", 32)]
    [InlineData("platform", 64)]
    public void Says_what_OpenSSL_says(string name, int keyLength)
    {
        OpenSslXts.Require();
        foreach (var sectorSize in (int[])[512, 1024, 2048, 4096])
        {
            foreach (var first in (ulong[])[0, 1, 0xffff_ffff, 0x1_0000_0000, ulong.MaxValue - 64])
            {
                var key = RandomNumberGenerator.GetBytes(keyLength);
                using var engine = Create(name, key);
                var plain = RandomNumberGenerator.GetBytes(5 * sectorSize);
                var ours = plain.ToArray();
                engine.Run(ours, ours, first, sectorSize, encrypt: true);
                for (var i = 0; i < 5; i++)
                {
                    var sector = plain.AsSpan(i * sectorSize, sectorSize);
                    Assert.Equal(OpenSslXts.Encrypt(key, first + (ulong)(i * (sectorSize / 512)), sector), ours[(i * sectorSize)..((i + 1) * sectorSize)]);
                }

                engine.Run(ours, ours, first, sectorSize, encrypt: false);
                Assert.Equal(plain, ours);
            }
        }
    }

    [Fact]
    public void Both_ways_give_the_same_over_many_batches()
    {
        var key = RandomNumberGenerator.GetBytes(64);
        using var instructions = Create("instructions", key);
        using var platform = Create("platform", key);
        var plain = RandomNumberGenerator.GetBytes((3 * 64 * 1024) + 4096);
        var (one, other) = (plain.ToArray(), plain.ToArray());
        instructions.Run(one, one, 9, 4096, encrypt: true);
        platform.Run(other, other, 9, 4096, encrypt: true);
        Assert.True(one.AsSpan().SequenceEqual(other));
        platform.Run(one, one, 9, 4096, encrypt: false);
        instructions.Run(other, other, 9, 4096, encrypt: false);
        Assert.True(one.AsSpan().SequenceEqual(plain));
        Assert.True(other.AsSpan().SequenceEqual(plain));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void From_one_place_to_another_is_as_in_place_and_leaves_the_source(string name)
    {
        using var engine = Create(name, RandomNumberGenerator.GetBytes(64));
        var plain = RandomNumberGenerator.GetBytes(70 * 1024);
        var (source, encrypted, inPlace, decrypted) = (plain.ToArray(), new byte[plain.Length], plain.ToArray(), new byte[plain.Length]);
        engine.Run(source, encrypted, 3, 1024, encrypt: true);
        engine.Run(inPlace, inPlace, 3, 1024, encrypt: true);
        engine.Run(encrypted, decrypted, 3, 1024, encrypt: false);
        Assert.True(source.AsSpan().SequenceEqual(plain));
        Assert.True(encrypted.AsSpan().SequenceEqual(inPlace));
        Assert.True(decrypted.AsSpan().SequenceEqual(plain));
    }

    private static IXtsEngine Create(string name, byte[] key)
    {
        if (name == "platform") return new PlatformAesXts(key);
        Assert.SkipUnless(AesInstructionsXts.IsSupported, "this processor has no AES instructions that are used");
        return new AesInstructionsXts(key);
    }
}
