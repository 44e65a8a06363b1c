using System.Diagnostics;
using System.Globalization;
using Cove.Volumes.Luks;

namespace Cove.Cli.Tests.Commands;

/// <summary>A read-only volume is made with a hash tree, and checked against its root.</summary>
public sealed class VolumeVerityTests : IDisposable
{
    private readonly Desk desk = new();

    public void Dispose() => desk.Dispose();

    [Fact]
    public async Task A_volume_that_is_as_it_was_made_is_accepted_and_decrypted()
    {
        var verity = await CreateAsync();
        var opened = await desk.Cove("volume", "open", "data.img", "--key", "data.jwk", "--verity", verity, "-o", "data.ext4");
        Assert.True(opened.Exit == 0, opened.Error);
        Assert.Contains($"every block is as it was made, {verity}", opened.Out);
        Assert.DoesNotContain("not authenticated", opened.Out);
        Assert.Equal(Blocks(verity) * 4096, new FileInfo(desk.Path("data.ext4")).Length);
        Assert.Contains("not authenticated", (await desk.Cove("volume", "open", "data.img", "--key", "data.jwk")).Out);
    }

    [Theory]
    [InlineData("data", "block 3")]
    [InlineData("tree", "hash tree, level 0, block 0")]
    public async Task A_volume_that_was_altered_is_rejected_with_the_place_and_leaves_no_file(string where, string place)
    {
        var verity = await CreateAsync();
        var image = await File.ReadAllBytesAsync(desk.Path("data.img"), TestContext.Current.CancellationToken);
        image[LuksFormatter.DataOffset + (4096 * (where == "data" ? 3 : Blocks(verity))) + 7] ^= 1;
        desk.Write("data.img", image);
        var opened = await desk.Cove("volume", "open", "data.img", "--key", "data.jwk", "--verity", verity, "-o", "data.ext4");
        Assert.Equal(3, opened.Exit);
        Assert.Contains("volume-content-altered", opened.Error);
        Assert.Contains(place, opened.Error);
        Assert.False(File.Exists(desk.Path("data.ext4")));
    }

    [Fact]
    public async Task Verity_that_is_no_verity_is_malformed()
    {
        await CreateAsync();
        Assert.Equal(4, (await desk.Cove("volume", "open", "data.img", "--key", "data.jwk", "--verity", "12")).Exit);
    }

    [Fact]
    public async Task The_tree_is_the_one_that_veritysetup_knows()
    {
        const string Program = "/usr/sbin/veritysetup";
        Assert.SkipUnless(File.Exists(Program), "veritysetup is not here (apt-get install cryptsetup-bin)");
        var verity = await CreateAsync();
        Assert.Equal(0, (await desk.Cove("volume", "open", "data.img", "--key", "data.jwk", "-o", "data.ext4")).Exit);
        Assert.Equal(0, await VerifyAsync(verity));
        var content = await File.ReadAllBytesAsync(desk.Path("data.ext4"), TestContext.Current.CancellationToken);
        content[5000] ^= 1;
        desk.Write("data.ext4", content);
        Assert.NotEqual(0, await VerifyAsync(verity));

        async Task<int> VerifyAsync(string text)
        {
            var (blocks, file) = (Blocks(text), desk.Path("data.ext4"));
            using var process = Process.Start(new ProcessStartInfo(
                Program, ["verify", "--no-superblock", $"--data-blocks={blocks}", $"--hash-offset={blocks * 4096}", $"--salt={new string('0', 64)}", file, file, text[(text.IndexOf(':') + 1)..]])
            { RedirectStandardError = true, UseShellExecute = false })!;
            await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return process.ExitCode;
        }
    }

    private static long Blocks(string verity) => long.Parse(verity.Split(':')[0], CultureInfo.InvariantCulture);

    private async Task<string> CreateAsync()
    {
        desk.Write("data/numbers.csv", string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i},{i * 7}\n")));
        var made = await desk.Cove("volume", "create", "data", "-o", "data.img", "--new-key", "data.jwk");
        Assert.True(made.Exit == 0, made.Error);
        return made.Out.Split('\n').Single(line => line.Trim().StartsWith("verity ", StringComparison.Ordinal)).Trim()["verity ".Length..].Trim().Split(',')[0];
    }
}
