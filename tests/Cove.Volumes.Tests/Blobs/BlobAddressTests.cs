using Cove.Outcomes;
using Cove.Volumes.Blobs;

namespace Cove.Volumes.Tests.Blobs;

public sealed class BlobAddressTests
{
    [Fact]
    public void A_signature_travels_with_every_request_and_is_never_shown()
    {
        var address = BlobAddress.Parse("https://acct.blob.core.windows.net/volumes/encfs.img?sv=2020-10-02&sig=secret%2B");
        Assert.Equal("https://acct.blob.core.windows.net/volumes/encfs.img", address.ToString());
        Assert.Equal("https://acct.blob.core.windows.net/volumes/encfs.img?comp=page&sv=2020-10-02&sig=secret%2B", address.With("comp=page").OriginalString);
        Assert.Equal("https://acct.blob.core.windows.net/volumes?restype=container&sv=2020-10-02&sig=secret%2B", address.ContainerWith("restype=container").OriginalString);
        Assert.Equal("https://acct.blob.core.windows.net", address.Audience);
    }

    [Theory]
    [InlineData("")]
    [InlineData("encfs.img")]
    [InlineData("ftp://acct/volumes/encfs.img")]
    [InlineData("file:///etc/shadow")]
    [InlineData("https://acct.blob.core.windows.net/")]
    [InlineData("https://acct.blob.core.windows.net/volumes")]
    [InlineData("https://acct.blob.core.windows.net/volumes/")]
    [InlineData("https://user@acct.blob.core.windows.net/volumes/encfs.img")]
    [InlineData("https://acct.blob.core.windows.net/volumes/encfs.img#part")]
    public void What_names_no_blob_is_refused(string url) => Assert.Throws<MalformedException>(() => BlobAddress.Parse(url));
}
