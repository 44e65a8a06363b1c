using System.Net;
using System.Text;
using Cove.Formats.Jose;
using Cove.Keys.Audit;

namespace Cove.Cli.Tests.Commands;

public sealed class KeyAuditTests : IClassFixture<DevelopmentHome>, IDisposable
{
    private readonly Desk desk = new();
    private readonly List<AnsweringHandler> handlers = [];

    public KeyAuditTests(DevelopmentHome home) => desk.Set("COVE_HOME", home.Path);

    public void Dispose()
    {
        handlers.ForEach(h => h.Dispose());
        desk.Dispose();
    }

    [Fact]
    public async Task A_whole_log_is_accepted_and_its_head_is_accepted_again()
    {
        var log = Log("create", "release");
        Answers(log);
        var said = await desk.Cove("key", "audit", "verify");
        Assert.Equal(0, said.Exit);
        Assert.Contains("the audit log is whole, 2 records", said.Out, StringComparison.Ordinal);
        var head = $"2:{Convert.ToHexStringLower(log[1].Hash.Span)}";
        Assert.Contains($"--head {head}", said.Out, StringComparison.Ordinal);
        Assert.Equal(0, (await desk.Cove("key", "audit", "verify", "--head", head)).Exit);
    }

    [Fact]
    public async Task A_log_that_was_changed_cut_or_written_anew_is_rejected()
    {
        var log = Log("create", "release", "delete");
        var head = $"3:{Convert.ToHexStringLower(log[2].Hash.Span)}";
        await Rejected("audit-record-changed", [log[0], log[1] with { Entry = log[0].Entry }, log[2]], head);
        await Rejected("audit-record-missing", [log[0], log[2]], head);
        await Rejected("audit-end-missing", [log[0], log[1]], head);
        await Rejected("audit-history-rewritten", Log("create", "other", "delete"), head);
    }

    [Fact]
    public async Task The_newest_records_are_listed_in_words()
    {
        Answers(Log("create", "release", "delete"));
        var said = await desk.Cove("key", "audit", "list", "--last", "2");
        Assert.Equal(0, said.Exit);
        Assert.DoesNotContain("create", said.Out, StringComparison.Ordinal);
        Assert.Matches("3 +2026-01-02 03:04:05 +delete +note +me +denied, release-claim-mismatch: x", said.Out);
        Assert.Equal(2, (await desk.Cove("key", "audit", "list", "--last", "0")).Exit);
    }

    private static AuditRecord[] Log(params string[] operations)
    {
        var (hash, log) = (new byte[AuditChain.HashLength], new List<AuditRecord>());
        foreach (var operation in operations)
        {
            var entry = Encoding.UTF8.GetBytes(
                $$"""{"seq":{{log.Count + 1}},"at":"2026-01-02T03:04:05+00:00","operation":"{{operation}}","key":"note","caller":"me","request":"r","outcome":"denied","findings":[{"code":"release-claim-mismatch","field":"x","expected":"1","actual":"2"}]}""");
            hash = AuditChain.Next(hash, entry);
            log.Add(new(log.Count + 1, entry, hash));
        }

        return [.. log];
    }

    private async Task Rejected(string code, AuditRecord[] log, string head)
    {
        Answers(log);
        var said = await desk.Cove("key", "audit", "verify", "--head", head);
        Assert.Equal(3, said.Exit);
        Assert.Contains(code, said.Out, StringComparison.Ordinal);
    }

    private void Answers(IEnumerable<AuditRecord> log)
    {
        var records = log.Select(record => $$"""{"number":{{record.Number}},"entry":"{{Base64Url.Encode(record.Entry.Span)}}","hash":"{{Base64Url.Encode(record.Hash.Span)}}"}""");
        var page = $$"""{"value":[{{string.Join(',', records)}}],"nextLink":null}""";
        var handler = new AnsweringHandler((_, _) => (HttpStatusCode.OK, page));
        handlers.Add(handler);
        desk.HttpHandler = () => handler;
    }
}
