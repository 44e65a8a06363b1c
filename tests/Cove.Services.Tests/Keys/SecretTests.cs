using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Cove.Services.Tests.Keys;

public sealed class SecretTests(KeyServiceFixture service) : IClassFixture<KeyServiceFixture>
{
    [Fact]
    public async Task Gives_back_the_value_of_a_version_and_of_the_newest()
    {
        var first = await SetAsync("versions", """{"value":"päßwörd + one","contentType":"text/plain","tags":{"a":"b"},"attributes":{}}""");
        var second = await SetAsync("versions", """{"value":"two"}""");
        Assert.Equal("päßwörd + one", first["value"]!.GetValue<string>());
        Assert.True(JsonNode.DeepEquals(first, await GetAsync(new Uri(first["id"]!.GetValue<string>()).AbsolutePath)));
        Assert.True(JsonNode.DeepEquals(second, await GetAsync("/secrets/versions/")));
        var versions = (await GetAsync("/secrets/versions/versions"))["value"]!.AsArray();
        Assert.Equal([first["id"]!.GetValue<string>(), second["id"]!.GetValue<string>()], versions.Select(v => v!["id"]!.GetValue<string>()));
        Assert.All(versions, v => Assert.Null(v!["value"]));
    }

    [Fact]
    public async Task Lists_without_values_in_pages()
    {
        for (var i = 0; i < 5; i++) await SetAsync($"list-{i}", """{"value":"x"}""");
        var seen = new List<string>();
        for (string? next = "/secrets?api-version=7.4&maxresults=2"; next is not null;)
        {
            var page = await GetAsync(next);
            foreach (var item in page["value"]!.AsArray())
            {
                Assert.Null(item!["value"]);
                seen.Add(item["id"]!.GetValue<string>());
            }

            next = page["nextLink"]?.GetValue<string>() is { } link ? new Uri(link).PathAndQuery : null;
        }

        Assert.Equal(5, seen.Count(s => s.Contains("/secrets/list-", StringComparison.Ordinal)));
        Assert.Equal(seen.Distinct(), seen);
    }

    [Fact]
    public async Task A_disabled_secret_is_not_shown_until_it_is_enabled_again()
    {
        await SetAsync("switched", """{"value":"x"}""");
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Patch, "/secrets/switched", """{"attributes":{"enabled":false}}"""));
        var refused = await KeyServiceFixture.ErrorAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Get, "/secrets/switched"));
        Assert.Equal((403, "SecretDisabled"), (refused.Status, refused.Inner));
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Patch, "/secrets/switched", """{"attributes":{"enabled":true}}"""));
        Assert.Equal("x", (await GetAsync("/secrets/switched"))["value"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_deleted_secret_can_be_recovered_until_it_is_purged()
    {
        await SetAsync("gone", """{"value":"x"}""");
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Delete, "/secrets/gone"));
        Assert.Equal("SecretNotFound", (await KeyServiceFixture.ErrorAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Get, "/secrets/gone"))).Code);
        Assert.Equal("ObjectIsDeletedButRecoverable", (await KeyServiceFixture.ErrorAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Put, "/secrets/gone", """{"value":"y"}"""))).Inner);
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/deletedsecrets/gone/recover"));
        Assert.Equal("x", (await GetAsync("/secrets/gone"))["value"]!.GetValue<string>());
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Delete, "/secrets/gone"));
        Assert.Equal(HttpStatusCode.NoContent, (await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Delete, "/deletedsecrets/gone")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Get, "/deletedsecrets/gone")).StatusCode);
    }

    [Fact]
    public async Task A_workload_reads_no_secret()
    {
        await SetAsync("owners", """{"value":"x"}""");
        foreach (var path in (string[])["/secrets/owners", "/secrets", "/secrets/owners/versions", "/deletedsecrets"])
            Assert.Equal("ForbiddenByRbac", (await KeyServiceFixture.ErrorAsync(await KeyServiceFixture.SendAsync(service.Workload, HttpMethod.Get, path))).Inner);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"value":1}""")]
    [InlineData("""{"value":"x","attributes":{"nbf":2,"exp":1}}""")]
    public async Task Refuses_a_request_that_is_none(string body)
        => Assert.Equal(400, (await KeyServiceFixture.ErrorAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Put, "/secrets/bad", body))).Status);

    [Fact]
    public async Task A_value_is_nowhere_in_the_files()
    {
        const string value = "the value that must not be on the disk";
        await SetAsync("hidden", $$"""{"value":"{{value}}"}""");
        foreach (var file in Directory.GetFiles(service.Identity.Folder.FullName, "keys.db*"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy, TestContext.Current.CancellationToken);
            Assert.Equal(-1, copy.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(value)));
        }
    }

    private async Task<JsonNode> SetAsync(string name, string body) => await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Put, $"/secrets/{name}", body));

    private async Task<JsonNode> GetAsync(string path) => await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Get, path));
}
