using System.Security.Cryptography;
using System.Text;
using Cove.Outcomes;
using Cove.Volumes.Luks;
using Cove.Volumes.Stores;

namespace Cove.Volumes.Tests.Luks;

public sealed class LuksHeaderTests : IDisposable
{
    private const int Copy = 16 * 1024;
    private readonly TestFolder folder = new();
    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_is_written_is_read_with_its_key()
    {
        var data = RandomNumberGenerator.GetBytes(3 << 20);
        var image = await TestImage.CreateAsync(folder, key, data, new LuksOptions { Label = "census" });
        Assert.Equal(data, await TestImage.ReadAsync(image, key));
        await using var file = FileStore.Open(image, writable: false);
        var header = await LuksHeader.ReadAsync(file, default);
        Assert.Equal("census", header.Label);
        Assert.True(header.BothCopiesValid);
        Assert.Equal(36, header.Uuid.Length);
        Assert.False(Contains(await File.ReadAllBytesAsync(image), data.AsSpan(0, 64)));
    }

    [Fact]
    public async Task Another_key_is_rejected()
    {
        var image = await TestImage.CreateAsync(folder, key, new byte[4096]);
        await using var file = FileStore.Open(image, writable: false);
        var header = await LuksHeader.ReadAsync(file, default);
        Assert.False((await header.UnlockAsync(file, RandomNumberGenerator.GetBytes(32), default)).IsAccepted(out _, out var findings));
        Assert.Equal("volume-key-rejected", Assert.Single(findings).Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(450)]
    [InlineData(4200)]
    [InlineData(Copy - 1)]
    public async Task One_damaged_copy_leaves_the_other(int at)
    {
        var image = await TestImage.CreateAsync(folder, key, new byte[4096]);
        foreach (var copy in new[] { 0, Copy })
        {
            Flip(image, copy + at);
            await using (var file = FileStore.Open(image, writable: false))
            {
                var header = await LuksHeader.ReadAsync(file, default);
                Assert.False(header.BothCopiesValid);
                Assert.True((await header.UnlockAsync(file, key, default)).IsAccepted(out var volume, out _));
                volume!.Dispose();
            }

            Flip(image, copy + at);
        }
    }

    [Fact]
    public async Task Two_damaged_copies_are_refused()
    {
        var image = await TestImage.CreateAsync(folder, key, new byte[4096]);
        Flip(image, 4200);
        Flip(image, Copy + 4200);
        await using var file = FileStore.Open(image, writable: false);
        var bad = await Assert.ThrowsAsync<MalformedException>(() => LuksHeader.ReadAsync(file, default));
        Assert.Equal("csum", bad.Field);
    }

    [Fact]
    public async Task The_newer_copy_counts()
    {
        var image = await TestImage.CreateAsync(folder, key, new byte[4096]);
        Rewrite(image, json => json, sequence: 9, label: "newer", copies: [true]);
        await using var file = FileStore.Open(image, writable: false);
        Assert.Equal("newer", (await LuksHeader.ReadAsync(file, default)).Label);
    }

    [Fact]
    public async Task A_damaged_key_slot_opens_for_nobody()
    {
        var image = await TestImage.CreateAsync(folder, key, new byte[4096]);
        Flip(image, (2 * Copy) + 100_000);
        await using var file = FileStore.Open(image, writable: false);
        var header = await LuksHeader.ReadAsync(file, default);
        Assert.False((await header.UnlockAsync(file, key, default)).IsAccepted(out _, out _));
    }

    [Theory]
    [InlineData("\"sector_size\":4096", "\"sector_size\":4096,\"integrity\":{\"type\":\"hmac(sha256)\",\"journal_encryption\":\"none\",\"journal_integrity\":\"none\"}", "segments[0].integrity")]
    [InlineData("\"iv_tweak\":\"0\",\"encryption\":\"aes-xts-plain64\"", "\"iv_tweak\":\"0\",\"encryption\":\"serpent-xts-plain64\"", "segments[0].encryption")]
    [InlineData("\"type\":\"crypt\"", "\"type\":\"linear\"", "segments[0].type")]
    [InlineData("\"keyslots_size\":", "\"requirements\":{\"mandatory\":[\"online-reencrypt\"]},\"keyslots_size\":", "config.requirements")]
    [InlineData("\"type\":\"pbkdf2\",\"hash\"", "\"type\":\"argon2i\",\"hash\"", "keyslots")]
    [InlineData("\"type\":\"luks2\"", "\"type\":\"reencrypt\"", "keyslots")]
    public async Task What_is_not_supported_is_named(string from, string to, string field)
    {
        var image = await TestImage.CreateAsync(folder, key, new byte[4096]);
        Rewrite(image, json => Replace(json, from, to));
        await using var file = FileStore.Open(image, writable: false);
        var header = await LuksHeader.ReadAsync(file, default);
        Assert.False((await header.UnlockAsync(file, key, default)).IsAccepted(out _, out var findings));
        Assert.Contains(findings, finding => finding.Code == "volume-feature-unsupported" && finding.Field == field);
    }

    [Theory]
    [InlineData("\"stripes\":4000", "\"stripes\":0")]
    [InlineData("\"key_size\":64", "\"key_size\":1000")]
    [InlineData("\"offset\":\"16777216\"", "\"offset\":16777216")]
    [InlineData("\"offset\":\"16777216\"", "\"offset\":\"-1\"")]
    [InlineData("\"keyslots\":{\"0\"", "\"keyslots\":{\"one\"")]
    [InlineData("\"iterations\":1000", "\"iterations\":2000000000")]
    [InlineData("\"digests\"", "\"digest\"")]
    [InlineData("\"salt\":\"", "\"salt\":\"?")]
    [InlineData("{\"keyslots\"", "{{\"keyslots\"")]
    [InlineData("\"type\":\"raw\"", "\"type\":\"\u00ff\"")] // a byte that is no UTF-8
    [InlineData("\"type\":\"raw\"", "\"type\":\"\\ud800\"")] // half a surrogate pair
    [InlineData("\"digests\"", "\"\u00ff\":0,\"digests\"")]
    [InlineData("\"digests\"", "\"segments\":{},\"digests\"")]
    public async Task What_the_format_does_not_allow_is_malformed(string from, string to)
    {
        var image = await TestImage.CreateAsync(folder, key, new byte[4096]);
        Rewrite(image, json => Replace(json, from, to));
        await using var file = FileStore.Open(image, writable: false);
        await Assert.ThrowsAsync<MalformedException>(() => LuksHeader.ReadAsync(file, default));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(LuksFormatter.DataOffset + 100)]
    public async Task An_image_that_is_cut_off_is_refused(int length)
    {
        var image = await TestImage.CreateAsync(folder, key, new byte[4096]);
        using (var cut = new FileStream(image, FileMode.Open)) cut.SetLength(length);
        await using var file = FileStore.Open(image, writable: false);
        await Assert.ThrowsAsync<MalformedException>(async () =>
        {
            var header = await LuksHeader.ReadAsync(file, default);
            Assert.True((await header.UnlockAsync(file, key, default)).IsAccepted(out var volume, out _));
            using (volume) volume.Open(file);
        });
    }

    private static string Replace(string json, string from, string to)
    {
        Assert.Contains(from, json, StringComparison.Ordinal);
        return json.Replace(from, to, StringComparison.Ordinal);
    }

    /// <summary>Writes the copies anew, checksums and all.</summary>
    private static void Rewrite(string image, Func<string, string> change, long sequence = 1, string? label = null, bool[]? copies = null)
    {
        using var file = new FileStream(image, FileMode.Open);
        foreach (var second in copies ?? [false, true])
        {
            var bytes = new byte[Copy];
            file.Position = second ? Copy : 0;
            file.ReadExactly(bytes);
            var header = LuksBinaryHeader.Parse(bytes, second);
            header = header with { Json = Encoding.Latin1.GetBytes(change(Encoding.UTF8.GetString(header.Json.Span))), Sequence = sequence, Label = label ?? header.Label };
            file.Position = second ? Copy : 0;
            file.Write(header.Write(second));
        }
    }

    private static void Flip(string image, long at)
    {
        using var file = new FileStream(image, FileMode.Open);
        file.Position = at;
        var value = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(value ^ 0x20));
    }

    private static bool Contains(ReadOnlySpan<byte> where, ReadOnlySpan<byte> what) => where.IndexOf(what) >= 0;
}
