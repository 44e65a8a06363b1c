using Cove.Sidecar.Release;

namespace Cove.Sidecar.Tests.Release;

public sealed class WrappingKeysTests
{
    [Fact]
    public async Task No_two_releases_share_a_key_whether_they_come_at_once_or_one_after_another()
    {
        using var keys = new WrappingKeys();
        var taken = new List<WrappingKey>(await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => keys.TakeAsync())));
        for (var i = 0; i < 3; i++) taken.Add(await keys.TakeAsync());
        Assert.Equal(taken.Count, taken.Select(key => Convert.ToBase64String(key.RuntimeData)).Distinct().Count());
        foreach (var key in taken)
        {
            Assert.Equal(2048, key.Key.KeySize);
            key.Dispose();
        }
    }

    [Fact]
    public async Task A_key_that_was_taken_outlives_the_rest()
    {
        var keys = new WrappingKeys();
        using var taken = await keys.TakeAsync();
        keys.Dispose();
        Assert.NotEmpty(taken.Key.ExportRSAPublicKey());
    }
}
