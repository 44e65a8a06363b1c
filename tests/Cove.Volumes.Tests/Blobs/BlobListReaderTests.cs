using System.Text;
using Cove.Outcomes;
using Cove.Volumes.Blobs;

namespace Cove.Volumes.Tests.Blobs;

public sealed class BlobListReaderTests
{
    [Theory]
    [InlineData("<PageList/>", "", "")]
    [InlineData("<PageList><PageRange><Start>0</Start><End>511</End></PageRange><PageRange><Start>1024</Start><End>2047</End></PageRange><NextMarker /></PageList>", "0-512 1024-2048", "")]
    [InlineData("<PageList>\n <PageRange>\n  <Start>0</Start>\n  <End>511</End>\n </PageRange>\n <NextMarker>on</NextMarker>\n</PageList>", "0-512", "on")]
    public void Reads_ranges_and_where_the_list_goes_on(string list, string ranges, string next)
    {
        var read = BlobListReader.ReadPageRanges(Body(list));
        Assert.Equal(ranges, string.Join(' ', read.Ranges.Select(range => $"{range.Start}-{range.End}")));
        Assert.Equal(next, read.Next);
    }

    [Theory]
    [InlineData("<PageList><PageRange><End>511</End></PageRange></PageList>")]
    [InlineData("<PageList><PageRange><Start>512</Start><End>510</End></PageRange></PageList>")]
    [InlineData("<PageList><PageRange><Start>-1</Start><End>511</End></PageRange></PageList>")]
    [InlineData("<PageList><PageRange><Start>0</Start><End>9223372036854775807</End></PageRange></PageList>")]
    [InlineData("<PageList><PageRange><Start>0x0</Start><End>511</End></PageRange></PageList>")]
    [InlineData("<PageList><PageRange><Start><b/></Start><End>511</End></PageRange></PageList>")]
    [InlineData("<PageList><PageRange><Start>0</Start><End>511</End></PageRange><PageRange><Start>0</Start><End>511</End></PageRange></PageList>")]
    [InlineData("<PageList><ClearRange><Start>0</Start><End>511</End></ClearRange></PageList>")]
    [InlineData("<PageList><PageRange>")]
    [InlineData("<BlockList/>")]
    [InlineData("<!DOCTYPE a [<!ENTITY b \"c\">]><PageList/>")]
    [InlineData("")]
    public void Refuses_what_is_no_list_of_ranges(string list) =>
        Assert.Equal("blob list", Assert.Throws<MalformedException>(() => BlobListReader.ReadPageRanges(Body(list))).Format);

    [Fact]
    public void Reads_names_of_blocks()
    {
        var names = BlobListReader.ReadBlocks(Body(
            "<BlockList><CommittedBlocks /><UncommittedBlocks><Block><Name>YQ==</Name><Size>1</Size></Block><Block><Name>Yg==</Name><Size>1</Size></Block></UncommittedBlocks></BlockList>"));
        Assert.Equal(["YQ==", "Yg=="], names.Order());
        Assert.Throws<MalformedException>(() => BlobListReader.ReadBlocks(Body("<BlockList><Name>")));
    }

    private static MemoryStream Body(string list) => new(Encoding.UTF8.GetBytes(list));
}
