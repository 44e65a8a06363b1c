using System.Text;
using Cove.Hosting.CommandLine;
using Cove.Hosting.Storage.Pkcs11;

namespace Cove.Services.Tests.Keys;

public sealed class Pkcs11UriTests
{
    private const string Query = "?module-path=/m.so&pin-source=file:/pin";

    [Fact]
    public void Reads_names_with_escapes_and_ids_as_bytes()
    {
        var uri = Pkcs11Uri.Parse($"pkcs11:token=a%20%C3%A9;serial=99;object=k%3B;id=%00%ff;type=secret-key{Query}");
        Assert.Equal(("a é", "99", "/m.so", "file:/pin"), (uri.Token, uri.Serial, uri.ModulePath, uri.PinSource));
        Assert.Equal("k;", Encoding.UTF8.GetString(uri.Label!));
        Assert.Equal([0, 0xff], uri.Id!);
    }

    [Theory]
    [InlineData("pkcs11:object=k" + Query, "names no token")]
    [InlineData("pkcs11:token=t" + Query, "names no object")]
    [InlineData("pkcs11:token=t;object=k?pin-source=file:/pin", "no module-path")]
    [InlineData("pkcs11:token=t;object=k?module-path=/m.so", "no pin-source")]
    [InlineData("pkcs11:token=t;object=k?module-path=m.so&pin-source=file:/pin", "not an absolute path")]
    [InlineData("pkcs11:token=t;object=k" + Query + "&pin-value=1234", "holds a PIN")]
    [InlineData("pkcs11:token=t;object=k;slot-id=1" + Query, "slot-id, which is not known")]
    [InlineData("pkcs11:token=t;object=k;type=private" + Query, "of a private")]
    [InlineData("pkcs11:token=t;token=u;object=k" + Query, "given before")]
    [InlineData("pkcs11:token=t%2;object=k" + Query, "without two hex digits")]
    [InlineData("pkcs11:token=t;object=k;=x" + Query, "no attribute")]
    public void Refuses_what_names_no_key_or_too_much(string text, string why)
        => Assert.Contains(why, Assert.Throws<UsageException>(() => Pkcs11Uri.Parse(text)).Message, StringComparison.Ordinal);
}
