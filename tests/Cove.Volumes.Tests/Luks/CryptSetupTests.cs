using System.Security.Cryptography;
using Cove.Volumes.Luks;
using Cove.Volumes.Stores;

namespace Cove.Volumes.Tests.Luks;

/// <summary>Images go both ways between cryptsetup and us.</summary>
public sealed class CryptSetupTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);

    public CryptSetupTests()
    {
        CryptSetup.Require();
        folder.Write("key", key);
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("--sector-size 4096 --pbkdf pbkdf2 --pbkdf-force-iterations 1000")]
    [InlineData("--sector-size 512 --pbkdf pbkdf2 --pbkdf-force-iterations 2000 --hash sha512")]
    [InlineData("--sector-size 4096 --pbkdf argon2id --pbkdf-force-iterations 4 --pbkdf-memory 32768 --pbkdf-parallel 2")]
    [InlineData("--key-size 256 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --luks2-metadata-size 64k")]
    public async Task A_key_slot_that_cryptsetup_made_opens_with_its_key_and_no_other(string options)
    {
        var image = Sparse("theirs.img", 32 << 20);
        Assert.Equal(0, CryptSetup.Run(["luksFormat", "--type", "luks2", "--batch-mode", "--key-file", folder["key"], .. options.Split(' '), image]));
        await using var file = FileStore.Open(image, writable: false);
        var header = await LuksHeader.ReadAsync(file, default);
        Assert.True(header.BothCopiesValid);
        Assert.True((await header.UnlockAsync(file, key, default)).IsAccepted(out var volume, out _));
        volume!.Dispose();
        key[0] ^= 1;
        Assert.False((await header.UnlockAsync(file, key, default)).IsAccepted(out _, out var findings));
        Assert.Equal("volume-key-rejected", Assert.Single(findings).Code);
    }

    [Fact]
    public async Task A_second_key_slot_of_cryptsetup_opens_too()
    {
        var image = await TestImage.CreateAsync(folder, key, new byte[4096]);
        var second = RandomNumberGenerator.GetBytes(64);
        Assert.Equal(0, CryptSetup.Run(
            "luksAddKey", "--key-file", folder["key"], "--pbkdf", "argon2id", "--pbkdf-force-iterations", "4", "--pbkdf-memory", "32768", image, folder.Write("second", second)));
        await using var store = await TestImage.OpenAsync(image, second);
        Assert.Equal(4096, store.Length);
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(512)]
    public async Task What_cryptsetup_encrypted_is_decrypted(int sectorSize)
    {
        var plain = RandomNumberGenerator.GetBytes(4 << 20);
        var image = folder.Write("theirs.img", plain);
        Grow(image, plain.Length + (32 << 20));
        Assert.Equal(0, CryptSetup.Run(
            "reencrypt", "--encrypt", "--type", "luks2", "--reduce-device-size", "32M", "--force-offline-reencrypt", "--batch-mode", "--key-file", folder["key"],
            "--cipher", "aes-xts-plain64", "--sector-size", $"{sectorSize}", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000", image));
        Assert.True((await TestImage.ReadAsync(image, key)).AsSpan(0, plain.Length).SequenceEqual(plain));
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(512)]
    public async Task What_we_encrypted_cryptsetup_decrypts(int sectorSize)
    {
        var plain = RandomNumberGenerator.GetBytes(4 << 20);
        var image = await TestImage.CreateAsync(folder, key, plain, new LuksOptions { SectorSize = sectorSize, Label = "census" });
        Assert.Equal(0, CryptSetup.Run("open", "--test-passphrase", "--key-file", folder["key"], image));
        Assert.Equal(0, CryptSetup.Run(
            "reencrypt", "--decrypt", "--header", folder["header"], "--force-offline-reencrypt", "--batch-mode", "--key-file", folder["key"], image));
        Assert.True((await File.ReadAllBytesAsync(image)).AsSpan(0, plain.Length).SequenceEqual(plain));
    }

    [Fact]
    public async Task Cryptsetup_refuses_another_key_for_what_we_made()
    {
        var image = await TestImage.CreateAsync(folder, key, new byte[4096]);
        Assert.NotEqual(0, CryptSetup.Run("open", "--test-passphrase", "--key-file", folder.Write("other", RandomNumberGenerator.GetBytes(32)), image));
    }

    private string Sparse(string name, long length)
    {
        var image = folder.Write(name, []);
        Grow(image, length);
        return image;
    }

    private static void Grow(string image, long length)
    {
        using var file = new FileStream(image, FileMode.Open);
        file.SetLength(length);
    }
}
