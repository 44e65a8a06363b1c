using Cove.Cli.Shell;

namespace Cove.Cli.Tests.Shell;

public sealed class CoveHomeTests
{
    private static CoveHome Find(params (string Name, string? Value)[] variables)
    {
        using var desk = new Desk();
        desk.Set("COVE_HOME", null);
        foreach (var (name, value) in variables) desk.Set(name, value);
        using var surroundings = desk.Surroundings(TextWriter.Null, TextWriter.Null, Stream.Null);
        return CoveHome.Find(surroundings);
    }

    [Fact]
    public void COVE_HOME_comes_first() => Assert.Equal("/a", Find(("COVE_HOME", "/a"), ("XDG_DATA_HOME", "/b"), ("HOME", "/c")).Root);

    [Fact]
    public void Then_the_data_home() => Assert.Equal("/b/cove", Find(("XDG_DATA_HOME", "/b"), ("HOME", "/c")).Root);

    [Fact]
    public void A_data_home_that_is_not_absolute_is_ignored_as_its_standard_says() =>
        Assert.Equal("/c/.local/share/cove", Find(("XDG_DATA_HOME", "b"), ("HOME", "/c")).Root);

    [Fact]
    public void Without_any_home_the_user_is_told() => Assert.Equal(ExitCode.Usage, Assert.Throws<CommandFailedException>(() => Find()).Failure.ExitCode);

    [Theory]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("")]
    public void A_group_name_is_one_path_segment(string name) => Assert.Throws<CommandFailedException>(() => new CoveHome("/a").Group(name));

    [Fact]
    public void A_group_has_a_folder_of_its_own() => Assert.Equal("/a/groups/web", new CoveHome("/a").Group("web"));
}
