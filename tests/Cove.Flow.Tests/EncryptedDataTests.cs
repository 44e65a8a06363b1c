using System.Text.Json;

namespace Cove.Tests.Flow;

/// <summary>A group that answers a question about data which only it can decrypt.</summary>
public sealed class EncryptedDataTests : IClassFixture<CoveProgram>
{
    private readonly CoveProgram cove;

    public EncryptedDataTests(CoveProgram cove)
    {
        CoveProgram.RequireHost();
        Assert.SkipUnless(File.Exists("/dev/fuse") && File.Exists("/dev/loop-control"), "encrypted volumes need FUSE and loop devices");
        Assert.SkipUnless(File.Exists("/usr/bin/npm") || File.Exists("/usr/local/bin/npm"), "the blob store is installed from npm (apt-get install nodejs npm)");
        this.cove = cove;
    }

    private string Sample => Path.Combine(cove.Sample, "..", "encrypted-data");

    [Fact]
    public async Task The_query_on_the_encrypted_volume_is_answered()
    {
        var answer = (await cove.RunAsync("run", Sample, "--json")).ExitedWith(0).Json;
        Assert.Equal(Expected(), Container(answer, "query").GetProperty("logs").GetString());
        Assert.DoesNotContain(cove.Home, await File.ReadAllTextAsync("/proc/self/mounts"));
        Assert.Contains("blobs", (await cove.RunAsync("dev", "down")).ExitedWith(0).Out);
    }

    [Fact]
    public async Task What_is_in_the_blob_store_shows_nothing_of_the_data()
    {
        (await cove.RunAsync("run", Sample)).ExitedWith(0);
        var stored = Directory.GetFiles(Path.Combine(cove.Home, "dev", "blobs"), "*", SearchOption.AllDirectories);
        var names = (await File.ReadAllLinesAsync(Path.Combine(Sample, "data", "peaks.csv"))).Skip(1).Select(line => line.Split(',')[0]).Where(name => name.Length > 6);
        foreach (var text in stored.Select(file => System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file)))) Assert.All(names, name => Assert.DoesNotContain(name, text));
    }

    [Fact]
    public async Task The_same_volume_is_not_opened_under_another_policy()
    {
        (await cove.RunAsync("run", Sample)).ExitedWith(0);

        // The same template but for one variable; key and volume stay as they were made for the original.
        var copy = Copy();
        try
        {
            var template = Path.Combine(copy, "template.json");
            var port = (await File.ReadAllTextAsync(Path.Combine(cove.Home, "dev", "blobs.port"))).Trim();
            await File.WriteAllTextAsync(template, (await File.ReadAllTextAsync(template)).Replace("\"value\": \"info\"", "\"value\": \"debug\"").Replace("127.0.0.1:10000", "127.0.0.1:" + port));
            await WithoutOwnerAsync(Path.Combine(copy, "cove.json"));
            var answer = (await cove.RunAsync("run", copy, "--json")).ExitedWith(3).Json;
            var said = Container(answer, "query").GetProperty("logs").GetString();
            Assert.Contains("the volume is not opened", said);
            Assert.Contains("403", said);
            Assert.Contains("x-ms-sevsnpvm-hostdata", said);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    /// <summary>What the query computes, computed here.</summary>
    private string Expected()
    {
        var peaks = File.ReadAllLines(Path.Combine(Sample, "data", "peaks.csv")).Skip(1).Select(line => line.Split(','))
            .Select(cells => (Name: cells[0], Metres: int.Parse(cells[1]), Year: int.Parse(cells[2]))).Where(peak => peak.Year is >= 1950 and < 1960).ToList();
        var first = peaks.MinBy(peak => peak.Year);
        return $"{peaks.Count} of the fourteen eight-thousanders were first climbed in the 1950s; their mean height is {peaks.Average(peak => peak.Metres):F0} m; {first.Name} was the first, in {first.Year}\n";
    }

    /// <summary>A cove.json that makes neither key nor volume.</summary>
    private static async Task WithoutOwnerAsync(string path)
    {
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(path));
        using var changed = new MemoryStream();
        using (var writer = new Utf8JsonWriter(changed))
        {
            writer.WriteStartObject();
            foreach (var member in document.RootElement.EnumerateObject().Where(member => member.Name is not ("keys" or "volumes" or "parameters"))) member.WriteTo(writer);
            writer.WriteStartObject("parameters");
            foreach (var parameter in document.RootElement.GetProperty("parameters").EnumerateObject().Where(parameter => !parameter.Name.StartsWith("volume", StringComparison.Ordinal))) parameter.WriteTo(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        await File.WriteAllBytesAsync(path, changed.ToArray());
    }

    private string Copy()
    {
        var copy = Directory.CreateTempSubdirectory("cove-sample-").FullName;
        foreach (var file in Directory.GetFiles(Sample, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(copy, Path.GetRelativePath(Sample, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }

        return copy;
    }

    private static JsonElement Container(JsonElement answer, string name) =>
        answer.GetProperty("containers").EnumerateArray().Single(container => container.GetProperty("name").GetString() == name);
}
