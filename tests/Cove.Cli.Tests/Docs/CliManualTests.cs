namespace Cove.Cli.Tests.Docs;

public sealed class CliManualTests
{
    [Fact]
    public void The_manual_says_what_the_commands_say()
    {
        var rendered = CliManual.Render();
        if (Environment.GetEnvironmentVariable("COVE_WRITE") == "1") File.WriteAllText(CliManual.Path, rendered);
        Assert.True(File.Exists(CliManual.Path) && File.ReadAllText(CliManual.Path) == rendered, "docs/cli.md is stale: run eng/write-cli-docs");
    }
}
