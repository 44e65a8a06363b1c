using Cove.Volumes.Blobs;

namespace Cove.Fuzz.Targets;

/// <summary>The lists of a blob service: ranges of a page blob, blocks of a block blob.</summary>
internal sealed class BlobListings : ITarget
{
    public string Name => "blob-list";

    public IEnumerable<string> Words => ["<PageList>", "</PageList>", "<PageRange>", "<Start>", "</Start>", "<End>", "</End>", "<NextMarker />", "<NextMarker>", "<ClearRange>", "<BlockList>", "<Block>", "<Name>", "</Name>", "<!--", "<![CDATA[", "]]>", "<?x ?>", "&lt;", "&#x41;", "<!DOCTYPE"];

    public IEnumerable<byte[]> Seeds(SeedFiles files) =>
    [
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><PageList><PageRange><Start>0</Start><End>511</End></PageRange><PageRange><Start>1024</Start><End>2047</End></PageRange><NextMarker>n</NextMarker></PageList>"u8.ToArray(),
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList><CommittedBlocks /><UncommittedBlocks><Block><Name>YQ==</Name><Size>1</Size></Block></UncommittedBlocks></BlockList>"u8.ToArray(),
    ];

    public void Run(byte[] input)
    {
        if (input.AsSpan().IndexOf("<BlockList"u8) >= 0) BlobListReader.ReadBlocks(new MemoryStream(input));
        else BlobListReader.ReadPageRanges(new MemoryStream(input));
    }
}
