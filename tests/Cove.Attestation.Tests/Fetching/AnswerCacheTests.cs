using Cove.Attestation.Fetching;
using Cove.Attestation.Tests.Snp;

namespace Cove.Attestation.Tests.Fetching;

public sealed class AnswerCacheTests : IDisposable
{
    private static readonly DateTimeOffset Start = Known.At("2025-05-28");
    private readonly string folder = Directory.CreateTempSubdirectory("cove-answer-cache-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Gives_back_what_was_kept_with_its_time()
    {
        var cache = new AnswerCache(folder);
        Assert.Null(cache.Find("/a"));
        cache.Keep("/a", [1, 2, 3], Start);
        var (answer, at) = new AnswerCache(folder).Find("/a")!.Value;
        Assert.Equal([1, 2, 3], answer);
        Assert.Equal(Start, at);
        Assert.Null(cache.Find("/b"));
    }

    [Theory]
    [InlineData("sha256", 0)] // cut off
    [InlineData("sha256", 3)] // one byte changed
    [InlineData("requests", 0)]
    [InlineData("requests", 64)]
    public void A_damaged_file_is_the_same_as_none_and_is_put_right_by_the_next_answer(string part, int length)
    {
        var cache = new AnswerCache(folder);
        cache.Keep("/a", [1, 2, 3], Start);
        File.WriteAllBytes(Assert.Single(Directory.GetFiles(Path.Combine(folder, part))), new byte[length]);
        Assert.Null(cache.Find("/a"));
        cache.Keep("/a", [1, 2, 3], Start);
        Assert.Equal([1, 2, 3], cache.Find("/a")!.Value.Answer);
    }

    [Fact]
    public void Beyond_its_limit_the_oldest_goes_with_its_answer()
    {
        var cache = new AnswerCache(folder, maximumEntries: 3);
        for (var i = 0; i < 5; i++) cache.Keep($"/{i}", [(byte)i], Start.AddMinutes(i));
        Assert.Equal([false, false, true, true, true], Enumerable.Range(0, 5).Select(i => cache.Find($"/{i}") is not null));
        Assert.Equal(3, Directory.GetFiles(Path.Combine(folder, "sha256")).Length);
    }

    [Fact]
    public void An_answer_over_the_limit_is_not_kept()
    {
        var cache = new AnswerCache(folder);
        cache.Keep("/a", new byte[AnswerCache.MaximumAnswer + 1], Start);
        Assert.Null(cache.Find("/a"));
        cache.Keep("/a", new byte[AnswerCache.MaximumAnswer], Start);
        Assert.NotNull(cache.Find("/a"));
    }

    [Fact]
    public void Several_writers_leave_whole_files()
    {
        Parallel.For(0, 64, i => new AnswerCache(folder).Keep("/a", new byte[1000 + (i % 4)], Start));
        Assert.InRange(new AnswerCache(folder).Find("/a")!.Value.Answer.Length, 1000, 1003);
        Assert.Empty(Directory.GetFiles(folder, "*.new", SearchOption.AllDirectories));
    }
}
