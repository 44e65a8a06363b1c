using System.Reflection;

namespace Cove.Cli.Tests.Api;

public sealed class PublicApiTests
{
    public static TheoryData<string> Packages => [.. Directory.EnumerateFiles(Repository.Path("src", "lib"), "*.csproj", SearchOption.AllDirectories)
        .Select(Path.GetFileNameWithoutExtension).OfType<string>().Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Packages))]
    public void What_a_package_offers_is_on_record(string package)
    {
        var offered = PublicApiText.Of(Assembly.Load(package));
        var record = Repository.Path("api", package + ".txt");
        if (Environment.GetEnvironmentVariable("COVE_WRITE") == "1") File.WriteAllText(record, offered);
        Assert.True(File.Exists(record), $"{package} has no record: COVE_WRITE=1 ./test Cli writes api/{package}.txt");
        var (before, after) = (File.ReadAllLines(record), offered.TrimEnd('\n').Split('\n'));
        Assert.True(
            before.SequenceEqual(after, StringComparer.Ordinal),
            $"the public surface of {package} changed; if that is meant, COVE_WRITE=1 ./test Cli brings api/{package}.txt up to date.\n"
            + string.Join('\n', before.Except(after).Take(20).Select(line => "- " + line).Concat(after.Except(before).Take(20).Select(line => "+ " + line))));
    }
}
