using System.Text;
using Cove.Agent.Containers;
using Cove.Protocol.Messages;

namespace Cove.Agent.Tests.Containers;

public sealed class LogRingTests
{
    [Fact]
    public async Task Keeps_order_and_channels()
    {
        var ring = new LogRing();
        Append(ring, StdioChannel.Output, "a");
        Append(ring, StdioChannel.Error, "b");
        Append(ring, StdioChannel.Output, "c");
        Append(ring, StdioChannel.Output, "d");
        var (parts, missed) = await ReadAsync(ring);
        Assert.Equal(["Output:a", "Error:b", "Output:cd"], parts);
        Assert.Equal(0, missed);
    }

    [Fact]
    public async Task Drops_the_oldest_beyond_its_capacity_and_says_how_much()
    {
        var ring = new LogRing(capacity: 10_000);
        for (var i = 0; i < 10; i++) Append(ring, StdioChannel.Output, new string((char)('0' + i), 4096));
        var (read, missed) = await ReadAsync(ring);
        Assert.Equal(8 * 4096, missed);
        Assert.Equal(2 * 4096, read.Sum(part => part.Length - "Output:".Length));
        Assert.EndsWith("9", read[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_follower_gets_what_comes_later_and_ends_with_the_container()
    {
        var ring = new LogRing();
        var got = new StringBuilder();
        var following = ring.CopyToAsync(
            (_, bytes) =>
            {
                got.Append(Encoding.UTF8.GetString(bytes.Span));
                return Task.CompletedTask;
            },
            follow: true,
            CancellationToken.None);
        Append(ring, StdioChannel.Output, "early ");
        Assert.False(following.IsCompleted);
        Append(ring, StdioChannel.Output, "late");
        ring.Complete();
        Assert.Equal(0, await following);
        Assert.Equal("early late", got.ToString());
    }

    private static void Append(LogRing ring, StdioChannel channel, string text) => ring.Append(channel, Encoding.UTF8.GetBytes(text));

    private static async Task<(List<string> Parts, long Missed)> ReadAsync(LogRing ring)
    {
        var parts = new List<string>();
        var missed = await ring.CopyToAsync(
            (channel, bytes) =>
            {
                parts.Add($"{channel}:{Encoding.UTF8.GetString(bytes.Span)}");
                return Task.CompletedTask;
            },
            follow: false,
            CancellationToken.None);
        return (parts, missed);
    }
}
