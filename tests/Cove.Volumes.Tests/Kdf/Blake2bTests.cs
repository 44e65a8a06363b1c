using System.Text;
using Cove.Volumes.Kdf;

namespace Cove.Volumes.Tests.Kdf;

public sealed class Blake2bTests
{
    /// <summary>RFC 7693 appendix A.</summary>
    [Fact]
    public void Hashes_as_the_RFC_does()
    {
        var hash = new byte[64];
        Blake2b.Hash(hash, Encoding.ASCII.GetBytes("abc"));
        Assert.Equal(
            "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
            Convert.ToHexStringLower(hash));
    }

    [Fact]
    public void Parts_hash_as_their_sum()
    {
        var text = new byte[1000];
        for (var i = 0; i < text.Length; i++) text[i] = (byte)i;
        var whole = new byte[64];
        Blake2b.Hash(whole, text);
        for (var cut = 0; cut <= text.Length; cut += 61)
        {
            var parts = new byte[64];
            Blake2b.Hash(parts, text[..cut], text[cut..]);
            Assert.Equal(whole, parts);
        }
    }
}
