using System.Text;
using Cove.Sidecar.Encfs;

namespace Cove.Sidecar.Tests.Encfs;

public sealed class EncfsArgumentsTests
{
    private const string Whole =
        """
        { "azure_info": { "certcache": { "endpoint_type": "LocalTHIM", "endpoint": "169.254.169.254/x" }, "identity": { "client_id": "me" } },
          "azure_filesystems": [ {
            "mount_point": "/mnt/remote/share",
            "azure_url": "https://acct.blob.core.windows.net/container/encfs.img?sig=s",
            "azure_url_private": true, "read_write": true, "raw_key": "00",
            "key": { "kid": "name", "kty": "RSA-HSM", "authority": { "endpoint": "maa.example" }, "akv": { "endpoint": "vault.example", "bearer_token": "t" } },
            "key_derivation": { "salt": "00ff", "label": "L" } } ] }
        """;

    [Fact]
    public void Every_member_is_read()
    {
        var arguments = Parse(Whole);
        Assert.Equal("LocalTHIM", arguments.Azure.CertificateCache.EndpointType);
        Assert.Equal("me", arguments.Azure.IdentityClientId);
        var one = Assert.Single(arguments.FileSystems);
        Assert.Equal(("/mnt/remote/share", true, true), (one.MountPoint, one.IsPrivate, one.IsWritable));
        Assert.Equal("https://acct.blob.core.windows.net/container/encfs.img", one.Blob.ToString());
        Assert.Equal("/mnt/remote/.filesystem-0", one.MountFolder);
        Assert.Equal(new EncfsKey { KeyId = "name", AttestationEndpoint = "maa.example", VaultEndpoint = "vault.example", AccessToken = "t", Salt = "00ff", Label = "L" }, one.Key);
        Assert.DoesNotContain("bearer", one.Key.ToString());
    }

    [Fact]
    public void Names_match_in_any_case_and_flags_are_off_where_absent()
    {
        var one = Assert.Single(Parse("""{"Azure_FileSystems":[{"Mount_Point":"/m/a","AZURE_URL":"http://h/c/b","key":{"KID":"k"}}]}""").FileSystems);
        Assert.Equal((false, false, "", ""), (one.IsPrivate, one.IsWritable, one.Key.Salt, one.Key.Label));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5:1111111111111111111111111111111111111111111111111111111111111111")]
    public void Verity_is_read_where_it_is_there(string text)
    {
        var one = Assert.Single(Parse($$$"""{"azure_filesystems":[{"mount_point":"/m/a","azure_url":"http://h/c/b","verity":"{{{text}}}","key":{"kid":"k"}}]}""").FileSystems);
        Assert.Equal(text, one.Verity?.ToString() ?? "");
    }

    [Theory]
    [InlineData("""{}""", "no file system")]
    [InlineData("""{"azure_filesystems":[]}""", "no file system")]
    [InlineData("""{"azure_filesystems":[{"mount_point":"m","azure_url":"http://h/c/b","key":{"kid":"k"}}]}""", "absolute")]
    [InlineData("""{"azure_filesystems":[{"mount_point":"/m/../etc","azure_url":"http://h/c/b","key":{"kid":"k"}}]}""", "absolute")]
    [InlineData("""{"azure_filesystems":[{"mount_point":"/m/a","azure_url":"h/c/b","key":{"kid":"k"}}]}""", "URL")]
    [InlineData("""{"azure_filesystems":[{"mount_point":"/m/a","azure_url":"http://h/c/b","key":{}}]}""", "kid")]
    [InlineData("""{"azure_filesystems":[{"mount_point":"/m/a","azure_url":"http://h/c/b","raw_key":"00"}]}""", "kid")]
    [InlineData("""{"azure_filesystems":[{"mount_point":"/m/a","azure_url":"http://h/c/b","read_write":"yes","key":{"kid":"k"}}]}""", "read_write")]
    [InlineData("""{"azure_filesystems":[{"mount_point":"/m/a","azure_url":"http://h/c/b","key":{"kid":"k"}},{"mount_point":"/m/a/","azure_url":"http://h/c/d","key":{"kid":"k"}}]}""", "two file systems")]
    [InlineData("""{"azure_filesystems":[{"mount_point":"/m/a","azure_url":"http://h/c/b","verity":"5","key":{"kid":"k"}}]}""", "BLOCKS:ROOT")]
    [InlineData("""{"azure_filesystems":[{"mount_point":"/m/a","azure_url":"http://h/c/b","verity":5,"key":{"kid":"k"}}]}""", "verity is not a string")]
    [InlineData("""{"azure_filesystems":[{"mount_point":"/m/a","azure_url":"http://h/c/b","read_write":true,"verity":"5:1111111111111111111111111111111111111111111111111111111111111111","key":{"kid":"k"}}]}""", "read-only")]
    [InlineData("""{"azure_filesystems":""", "json")]
    public void What_cannot_be_mounted_is_refused_with_a_reason(string json, string reason)
    {
        var refused = Assert.Throws<SkrFailureException>(() => Parse(json));
        Assert.StartsWith("Failed to unmarshal base64 string: ", refused.Message);
        Assert.Contains(reason, refused.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void What_is_not_base64_is_refused() =>
        Assert.StartsWith("Failed to decode base64: ", Assert.Throws<SkrFailureException>(() => EncfsArguments.Parse("not-base64")).Message);

    private static EncfsArguments Parse(string json) => EncfsArguments.Parse(Convert.ToBase64String(Encoding.UTF8.GetBytes(json)));
}
