using Cove.Cli.Commands.Rego;

namespace Cove.Cli.Tests.Commands;

public sealed class RegoOptionsTests
{
    [Theory]
    [InlineData("policy.rego", "*_test.rego", false)]
    [InlineData("policy_test.rego", "*_test.rego", true)]
    [InlineData("deep/er/policy_test.rego", "*_test.rego", true)]
    [InlineData(".git/hooks/x.rego", ".git", true)]
    [InlineData("git/x.rego", ".git", false)]
    [InlineData("a/b.json", "b.jso?", true)]
    [InlineData("a/B.json", "b.json", false)]
    public void Files_are_passed_over_by_any_name_on_the_way_to_them(string path, string pattern, bool ignored)
    {
        Assert.Equal(ignored, RegoOptions.IsIgnored(path, ["never", pattern]));
        Assert.False(RegoOptions.IsIgnored(path, []));
    }
}
