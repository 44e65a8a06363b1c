using System.Text;
using Cove.Keys.Audit;
using Cove.Outcomes;

namespace Cove.Keys.Tests.Audit;

public sealed class AuditChainTests
{
    private static readonly IReadOnlyList<AuditRecord> Log = Records("create", "release", "denied", "delete");

    [Fact]
    public void A_log_that_nobody_touched_is_followed_to_its_head()
    {
        var (chain, finding) = Follow(Log);
        Assert.Null(finding);
        Assert.Equal(4, chain.Head.Number);
        Assert.Equal(chain.Head, AuditHead.Parse(chain.Head.ToString()));
        Assert.Null(chain.Compare(chain.Head));
        Assert.Null(chain.End(chain.Head));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void A_changed_record_is_found_where_it_is(int at)
    {
        var changed = Log.ToArray();
        changed[at] = changed[at] with { Entry = Encoding.UTF8.GetBytes("something else") };
        Assert.Equal(("audit-record-changed", $"records[{at + 1}]"), Found(changed));
    }

    [Fact]
    public void A_removed_a_doubled_and_a_moved_record_are_found()
    {
        Assert.Equal(("audit-record-missing", "records[2]"), Found([Log[0], Log[2], Log[3]]));
        Assert.Equal(("audit-record-missing", "records[2]"), Found([Log[0], Log[0], Log[1]]));
        Assert.Equal(("audit-record-changed", "records[2]"), Found([Log[0], Log[2] with { Number = 2 }]));
        Assert.Equal(("audit-record-missing", "records[1]"), Found([Log[1]]));
    }

    [Fact]
    public void Only_a_head_that_was_kept_shows_a_cut_end_and_a_rewritten_past()
    {
        var kept = Follow(Log).Chain.Head;
        var cut = Follow(Log.Take(3)).Chain;
        Assert.Equal("audit-end-missing", cut.End(kept)?.Code);
        var rewritten = Follow(Records("create", "nothing", "denied", "delete"));
        Assert.Null(rewritten.Finding);
        Assert.Equal("audit-history-rewritten", rewritten.Chain.Compare(kept)?.Code);
    }

    [Fact]
    public void Nothing_follows_a_break()
    {
        var (chain, finding) = Follow([Log[1]]);
        Assert.NotNull(finding);
        Assert.Throws<InvalidOperationException>(() => chain.Follow(Log[0]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("3")]
    [InlineData("-3:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("3:00")]
    [InlineData("3:zz00000000000000000000000000000000000000000000000000000000000000")]
    public void A_head_that_is_none_is_refused(string text) => Assert.Throws<MalformedException>(() => AuditHead.Parse(text));

    private static (string?, string?) Found(IEnumerable<AuditRecord> log) => Follow(log).Finding is { } finding ? (finding.Code, finding.Field) : (null, null);

    private static (AuditChain Chain, Finding? Finding) Follow(IEnumerable<AuditRecord> log)
    {
        var chain = new AuditChain();
        foreach (var record in log)
            if (chain.Follow(record) is { } finding) return (chain, finding);
        return (chain, null);
    }

    private static List<AuditRecord> Records(params string[] entries)
    {
        var (hash, log) = (new byte[AuditChain.HashLength], new List<AuditRecord>());
        foreach (var entry in entries)
        {
            hash = AuditChain.Next(hash, Encoding.UTF8.GetBytes(entry));
            log.Add(new(log.Count + 1, Encoding.UTF8.GetBytes(entry), hash));
        }

        return log;
    }
}
