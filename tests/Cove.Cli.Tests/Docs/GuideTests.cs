namespace Cove.Cli.Tests.Docs;

/// <summary>The examples of the guide are typed in order at one desk, and say what the guide says.</summary>
public sealed class GuideTests
{
    private const string Fence = "```";

    [Fact]
    public async Task The_policy_guide_shows_what_its_commands_say()
    {
        var guide = await File.ReadAllLinesAsync(Repository.Path("docs", "guides", "write-a-policy.md"));
        using var desk = new Desk();
        foreach (var file in (string[])["group.json", "serve.json", "denial.txt", "rootfs/bin/app"]) desk.Write(file, await File.ReadAllBytesAsync(Path.Combine(Transcript.Folder, "files", file)));
        desk.Write("examples.txt", string.Join('\n', Examples(guide)) + "\n");
        var examples = Transcript.Read(desk.Path("examples.txt")).ToList();
        Assert.True(examples.Count > 5);
        foreach (var example in examples)
        {
            var said = await desk.Cove(example.Words);
            Assert.True(said.Exit == example.Exit && Transcript.Matches(example.Out, said.Out) && said.Error.Length == 0, example.Render(said));
        }
    }

    private static IEnumerable<string> Examples(IEnumerable<string> guide)
    {
        var inside = false;
        foreach (var line in guide)
        {
            if (line.StartsWith(Fence, StringComparison.Ordinal)) inside = line == Fence + "console";
            else if (inside) yield return line;
        }
    }
}
