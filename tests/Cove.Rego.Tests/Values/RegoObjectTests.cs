using System.Globalization;
using Cove.Rego.Values;

namespace Cove.Rego.Tests.Values;

public sealed class RegoObjectTests
{
    // Below and above the size from which keys are found by a table.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(40)]
    public void Entries_are_added_replaced_and_removed_in_copies(int count)
    {
        var before = Numbered(count);
        Assert.Equal(Numbered(count + 1), before.With(Key(count), RegoValue.Of(count)));
        Assert.Equal(before, before.With(Key(count), RegoValue.Of(count)).Without(Key(count)));
        Assert.Equal(before, before.Without("absent"));
        Assert.Equal(Numbered(count), before);
        if (count == 0) return;
        var replaced = before.With(Key(0), RegoValue.Of("new"));
        Assert.Equal(count, replaced.Count);
        Assert.Equal(RegoValue.Of("new"), replaced[Key(0)]);
        Assert.Equal(RegoValue.Of(0), before[Key(0)]);
        Assert.Equal(before, replaced.With(Key(0), RegoValue.Of(0)));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 3)]
    [InlineData(3, 0)]
    [InlineData(5, 5)]
    [InlineData(7, 30)]
    public void Of_the_entries_of_two_objects_the_added_ones_win(int known, int added)
    {
        var entries = Numbered(added).With("mine", RegoValue.Of("added"));
        var both = Numbered(known).With("mine", RegoValue.Of("known")).With(entries);
        Assert.Equal(Numbered(Math.Max(known, added)).With("mine", RegoValue.Of("added")), both);
        Assert.Equal(Numbered(known), Numbered(known).With(RegoObject.Empty));
        Assert.Equal(entries, RegoObject.Empty.With(entries));
    }

    private static string Key(int i) => string.Create(CultureInfo.InvariantCulture, $"k{i}");

    private static RegoObject Numbered(int count) => RegoObject.Of([.. Enumerable.Range(0, count).Select(static i => (Key(i), RegoValue.Of(i)))]);
}
