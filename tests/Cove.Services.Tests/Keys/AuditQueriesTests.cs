using System.Net;
using System.Text;
using Cove.Formats.Jose;
using Cove.Keys.Audit;

namespace Cove.Services.Tests.Keys;

public sealed class AuditQueriesTests(KeyServiceFixture service) : IClassFixture<KeyServiceFixture>
{
    [Fact]
    public async Task An_owner_reads_the_log_page_after_page_and_it_is_one_chain()
    {
        await service.CreateReleasableAsync("watched");
        await service.ReleaseAsync("watched", service.Authority.Sign(service.Authority.Claims(service.WrapKey)));
        var (chain, operations, path) = (new AuditChain(), new List<string>(), "/audit?api-version=7.4&maxresults=1");
        while (path is not null)
        {
            var page = await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Get, path));
            var record = Assert.Single(page["value"]!.AsArray())!;
            var entry = Base64Url.Decode((string)record["entry"]!, "test", "entry");
            Assert.Null(chain.Follow(new((long)record["number"]!, entry, Base64Url.Decode((string)record["hash"]!, "test", "hash"))));
            operations.Add(Encoding.UTF8.GetString(entry));
            path = page["nextLink"] is { } next ? new Uri((string)next!).PathAndQuery : null;
        }

        Assert.Contains(operations, text => text.Contains("\"operation\":\"create\",\"key\":\"watched", StringComparison.Ordinal));
        Assert.Contains(operations, text => text.Contains("\"operation\":\"release\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("after=-1")]
    [InlineData("after=x")]
    [InlineData("maxresults=0")]
    [InlineData("maxresults=501")]
    public async Task A_page_that_is_none_is_refused(string query)
        => Assert.Equal(HttpStatusCode.BadRequest, (await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Get, $"/audit?api-version=7.4&{query}")).StatusCode);

    [Fact]
    public async Task A_workload_does_not_read_it()
        => Assert.Equal(HttpStatusCode.Forbidden, (await KeyServiceFixture.SendAsync(service.Workload, HttpMethod.Get, "/audit")).StatusCode);
}
