using Cove.Formats.Files;

namespace Cove.Formats.Tests.Files;

public sealed class WholeFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("cove-test-");

    private string Place => Path.Combine(folder.FullName, "state.json");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void What_is_replaced_is_there_whole_with_the_mode_asked_for()
    {
        WholeFile.Replace(Place, "old and longer"u8, WholeFile.OwnerOnly);
        WholeFile.Replace(Place, "new"u8, WholeFile.OwnerOnly);
        Assert.Equal("new", File.ReadAllText(Place));
        Assert.Equal(WholeFile.OwnerOnly, File.GetUnixFileMode(Place));
        Assert.Single(folder.GetFiles());
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_left_as_it_was()
    {
        Directory.CreateDirectory(Place);
        Assert.ThrowsAny<Exception>(() => WholeFile.Replace(Place, "new"u8));
        Assert.Empty(folder.GetFiles());
        Assert.True(Directory.Exists(Place));
    }

    [Fact]
    public void Of_several_makers_one_wins_and_all_find_its_file()
    {
        var won = new bool[16];
        Parallel.For(0, won.Length, i => won[i] = WholeFile.TryCreate(Place, [(byte)i, (byte)i]));
        var winner = (byte)Array.IndexOf(won, true);
        Assert.Single(won, true);
        Assert.Equal([winner, winner], File.ReadAllBytes(Place));
        Assert.False(WholeFile.TryCreate(Place, "late"u8));
        Assert.Single(folder.GetFiles());
    }
}
