namespace Cove.Agent.Tests;

public sealed class AgentOptionsTests
{
    [Fact]
    public void Reads_the_command_line_and_its_defaults()
    {
        var read = AgentOptions.Parse(["--control", "/c", "--state", "/s/"]);
        Assert.Equal(new AgentOptions("/c", "/s", null, "runc", read!.Cgroup), read);
        Assert.Matches(@"\A/cove/[0-9a-f]{16}\z", read.Cgroup);
        Assert.NotEqual(read.Cgroup, AgentOptions.Parse(["--control", "/c", "--state", "/t"])!.Cgroup);
    }

    [Theory]
    [InlineData("--control", "/c")]
    [InlineData("--control", "/c", "--state")]
    [InlineData("--control", "/c", "--state", "s")]
    [InlineData("--control", "/c", "--state", "/a:b")]
    [InlineData("--control", "/c", "--state", "/a,b")]
    [InlineData("--control", "/c", "--state", "/s", "--state", "/t")]
    [InlineData("--control", "/c", "--state", "/s", "--allow-all", "yes")]
    public void Refuses_what_it_does_not_know(params string[] arguments) => Assert.Null(AgentOptions.Parse(arguments));
}
