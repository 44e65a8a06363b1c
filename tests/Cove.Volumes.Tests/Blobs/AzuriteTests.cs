using System.Security.Cryptography;
using Cove.Outcomes;
using Cove.Tests;
using Cove.Volumes.Blobs;
using Cove.Volumes.Stores;
using Cove.Volumes.Tests.Stores;

namespace Cove.Volumes.Tests.Blobs;

/// <summary>Blobs of a real server.</summary>
public sealed class AzuriteTests(AzuriteServer shared) : IClassFixture<AzuriteServer>, IDisposable
{
    private const int Length = (9 << 20) + 512;
    private readonly byte[] content = RandomNumberGenerator.GetBytes(Length);
    private readonly string box = "volumes-" + RandomNumberGenerator.GetHexString(12, lowercase: true);
    private Azurite server = shared.Server;
    private HttpClient client = shared.Server.Client();

    private string Image => box + "/image";

    private string Other => box + "/other";

    public void Dispose() => client.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_pushed_is_read_in_any_range(bool page)
    {
        var result = await PushAsync(Image, content, page);
        Assert.Equal((Length, Length, 0), (result.Bytes, result.Sent, result.Resumed));
        var store = await BlobStore.OpenAsync(Anyone(Image), writable: false, default);
        Assert.Equal(Length, store.Length);
        foreach (var (at, length) in new[] { (0, 1), (511, 4096), ((4 << 20) - 5, 100_000), (Length - 7, 7) })
        {
            var buffer = new byte[length];
            await store.ReadAsync(at, buffer, default);
            Assert.True(content.AsSpan(at, length).SequenceEqual(buffer));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_push_that_was_cut_off_goes_on(bool page)
    {
        var image = new MemoryStore(content);
        using var cut = new CancellationTokenSource();
        var upload = new BlobUpload(Owner(Image), Options(page) with { Parallel = 1 });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => upload.PushAsync(image, new Reported(done => Cut(cut, done)), cut.Token));
        var result = await PushAsync(Image, content, page);
        Assert.True(result.Resumed >= 4 << 20, $"resumed {result.Resumed}");
        Assert.Equal(Length, result.Sent + result.Resumed);
        await AssertBlobAsync(Image, content);
        Assert.Equal((0, Length), (await PushAsync(Image, content, page)) switch { var again => ((int)again.Sent, (int)again.Resumed) });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pieces_of_another_image_are_not_taken_for_this_one(bool page)
    {
        using var cut = new CancellationTokenSource();
        var upload = new BlobUpload(Owner(Image), Options(page) with { Parallel = 1 });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => upload.PushAsync(new MemoryStore(content), new Reported(done => Cut(cut, done)), cut.Token));
        var other = RandomNumberGenerator.GetBytes(Length);
        Assert.Equal(0, (await PushAsync(Image, other, page)).Resumed);
        await AssertBlobAsync(Image, other);
    }

    [Fact]
    public async Task Zeros_of_a_page_blob_are_not_sent()
    {
        var sparse = new byte[20 << 20];
        sparse[(12 << 20) + 5] = 1;
        var result = await PushAsync(Image, sparse, page: true);
        Assert.Equal(4 << 20, result.Sent);
        await AssertBlobAsync(Image, sparse);
    }

    [Fact]
    public async Task Pages_are_written_in_place_through_a_cache()
    {
        await PushAsync(Image, content, page: true);
        await using (var cache = new BlockCache(await BlobStore.OpenAsync(Owner(Image), writable: true, default), new BlockCacheOptions { SectorBytes = 512 }))
        {
            await cache.WriteAsync(1_000_001, "written"u8.ToArray(), default);
            await cache.FlushAsync(default);
        }

        "written"u8.CopyTo(content.AsSpan(1_000_001));
        await AssertBlobAsync(Image, content);
    }

    [Fact]
    public async Task A_block_blob_is_not_opened_for_writing()
    {
        await PushAsync(Image, content, page: false);
        var refused = await Assert.ThrowsAsync<UnavailableException>(() => BlobStore.OpenAsync(Owner(Image), writable: true, default));
        Assert.Contains("page blob", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_blob_that_changes_while_it_is_read_is_noticed()
    {
        await PushAsync(Image, content, page: true);
        var store = await BlobStore.OpenAsync(Anyone(Image), writable: false, default);
        await store.ReadAsync(0, new byte[512], default);
        await Owner(Image).WritePagesAsync(0, new byte[512], default);
        var changed = await Assert.ThrowsAsync<UnavailableException>(async () => await store.ReadAsync(0, new byte[512], default));
        Assert.Contains("changed", changed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_private_blob_is_read_with_the_accounts_key_and_not_without()
    {
        await PushAsync(Image, content, page: false, isPublic: false);
        var store = await BlobStore.OpenAsync(Owner(Image), writable: false, default);
        var buffer = new byte[100];
        await store.ReadAsync(5, buffer, default);
        Assert.Equal(content[5..105], buffer);
        await Assert.ThrowsAsync<UnavailableException>(async () =>
        {
            var closed = await BlobStore.OpenAsync(Anyone(Image), writable: false, default);
            await closed.ReadAsync(0, buffer, default);
        });
    }

    [Fact]
    public async Task A_shared_access_signature_opens_what_it_is_for()
    {
        await PushAsync(Image, content, page: false, isPublic: false);
        var store = await BlobStore.OpenAsync(Anyone(Image + "?" + SharedAccess(Image)), writable: false, default);
        var buffer = new byte[100];
        await store.ReadAsync(5, buffer, default);
        Assert.Equal(content[5..105], buffer);
        await PushAsync(Other, content, page: false, isPublic: false);
        await Assert.ThrowsAsync<UnavailableException>(() => BlobStore.OpenAsync(Anyone(Other + "?" + SharedAccess(Image)), writable: false, default));
    }

    [Fact]
    public async Task A_blob_that_is_not_there_is_said_to_be_missing()
    {
        var missing = await Assert.ThrowsAsync<UnavailableException>(() => BlobStore.OpenAsync(Owner(box + "/none"), writable: false, default));
        Assert.Contains("none of this name", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_opens_a_private_blob_over_TLS_only()
    {
        await using var secure = await Azurite.StartAsync(tls: true);
        client.Dispose();
        (server, client) = (secure, secure.Client());
        await PushAsync(Image, content, page: false, isPublic: false);
        var address = BlobAddress.Parse(server.Url(Image));
        var asked = 0;
        var bearer = BlobAuthorization.Bearer(_ =>
        {
            asked++;
            return ValueTask.FromResult(Azurite.Token($"https://{Azurite.Account}.blob.core.windows.net"));
        });
        var store = await BlobStore.OpenAsync(new BlobClient(client, address, bearer, TimeProvider.System), writable: false, default);
        var buffer = new byte[100];
        await store.ReadAsync(5, buffer, default);
        Assert.Equal(content[5..105], buffer);
        Assert.Equal(2, asked);
        await Assert.ThrowsAsync<UnavailableException>(() => BlobStore.OpenAsync(Anyone(Image), writable: false, default));
        var plain = new BlobClient(client, BlobAddress.Parse(server.Url(Image).Replace("https", "http", StringComparison.Ordinal)), bearer, TimeProvider.System);
        await Assert.ThrowsAsync<UnavailableException>(() => BlobStore.OpenAsync(plain, writable: false, default));
        Assert.Equal(2, asked);
    }

    private static void Cut(CancellationTokenSource source, long done)
    {
        if (done >= 4 << 20) source.Cancel();
    }

    private static BlobUploadOptions Options(bool page, bool isPublic = true) => new() { AsPageBlob = page, CreateContainer = true, PublicRead = isPublic };

    private Task<BlobUploadResult> PushAsync(string blob, byte[] image, bool page, bool isPublic = true) =>
        new BlobUpload(Owner(blob), Options(page, isPublic)).PushAsync(new MemoryStore(image), null, default);

    private async Task AssertBlobAsync(string blob, byte[] expected)
    {
        var store = await BlobStore.OpenAsync(Owner(blob), writable: false, default);
        var read = new byte[store.Length];
        await store.ReadAsync(0, read, default);
        Assert.True(expected.AsSpan().SequenceEqual(read));
    }

    private BlobClient Owner(string blob) => Client(blob, BlobAuthorization.SharedKey(Azurite.Account, Azurite.Key));

    private BlobClient Anyone(string blob) => Client(blob, BlobAuthorization.None);

    private BlobClient Client(string blob, BlobAuthorization right) => new(client, BlobAddress.Parse(server.Url(blob)), right, TimeProvider.System);

    private static string SharedAccess(string blob)
    {
        const string From = "2020-01-01T00:00:00Z", Until = "2099-01-01T00:00:00Z", Version = "2020-10-02";
        var text = string.Join('\n', "r", From, Until, $"/blob/{Azurite.Account}/{blob}", "", "", "", Version, "b", "", "", "", "", "", "");
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Azurite.Key, System.Text.Encoding.UTF8.GetBytes(text)));
        return $"sp=r&st={Uri.EscapeDataString(From)}&se={Uri.EscapeDataString(Until)}&sv={Version}&sr=b&sig={Uri.EscapeDataString(signature)}";
    }

    private sealed class Reported(Action<long> told) : IProgress<long>
    {
        public void Report(long value) => told(value);
    }
}
