using System.Security.Cryptography;
using Cove.Formats.Cbor;
using Cove.Formats.Cose;
using Cove.Outcomes;

namespace Cove.Formats.Tests.Cose;

public sealed class CoseSign1Tests
{
    private static readonly CborValue.Map Header = new([new(new CborValue.Text("iss"), new CborValue.Text("me"))]);

    public static TheoryData<string> Algorithms => [.. CoseAlgorithm.All.Select(algorithm => algorithm.Name)];

    [Theory, MemberData(nameof(Algorithms))]
    public void What_was_signed_verifies_with_its_key_alone(string name)
    {
        var algorithm = CoseAlgorithm.All.Single(known => known.Name == name);
        using var key = KeyFor(name);
        using var other = KeyFor(name);
        var bytes = CoseSign1.Sign(Header, "payload"u8.ToArray(), algorithm, key);
        var message = CoseSign1.Parse(bytes, "test");
        Assert.Equal(algorithm, message.Algorithm);
        Assert.Equal(new CborValue.Text("me"), message.Protected["iss"]);
        Assert.True(message.IsSignedBy(Spki(key)));
        Assert.False(message.IsSignedBy(Spki(other)));

        for (var offset = 1; offset < bytes.Length; offset += 7)
        {
            var changed = bytes.ToArray();
            changed[offset] ^= 1;
            try
            {
                Assert.False(CoseSign1.Parse(changed, "test").IsSignedBy(Spki(key)), $"changed at {offset}");
            }
            catch (MalformedException malformed)
            {
                Assert.StartsWith("test", malformed.Format, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_key_of_another_kind_or_a_critical_header_is_never_accepted()
    {
        using var rsa = RSA.Create(2048);
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var es256 = CoseAlgorithm.All.Single(known => known.Name == "ES256");
        Assert.False(CoseSign1.Parse(CoseSign1.Sign(Header, new byte[1], es256, ec), "test").IsSignedBy(rsa.ExportSubjectPublicKeyInfo()));
        Assert.Throws<ArgumentException>(() => CoseSign1.Sign(Header, new byte[1], es256, rsa));

        var critical = new CborValue.Map([.. Header.Entries, new(new CborValue.Integer(CoseLabels.Critical), new CborValue.Array([new CborValue.Text("iss")]))]);
        Assert.False(CoseSign1.Parse(CoseSign1.Sign(critical, new byte[1], es256, ec), "test").IsSignedBy(ec.ExportSubjectPublicKeyInfo()));
    }

    [Fact]
    public void A_detached_payload_is_absent_and_must_be_given()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var attached = CborValue.Decode(CoseSign1.Sign(Header, new byte[] { 1, 2 }, CoseAlgorithm.Find(-7)!, key), "test");
        var items = ((CborValue.Array)((CborValue.Tagged)attached).Content).Items;
        var detached = CoseSign1.Parse(new CborValue.Array([items[0], items[1], new CborValue.Null(), items[3]]).Encode(), "test");
        Assert.Null(detached.Payload);
        Assert.True(detached.IsSignedBy(key.ExportSubjectPublicKeyInfo(), new byte[] { 1, 2 }));
        Assert.False(detached.IsSignedBy(key.ExportSubjectPublicKeyInfo(), new byte[] { 1, 3 }));
        Assert.Throws<ArgumentException>(() => detached.IsSignedBy(key.ExportSubjectPublicKeyInfo()));
        Assert.Throws<ArgumentException>(() => CoseSign1.Parse(attached.Encode(), "test").IsSignedBy(key.ExportSubjectPublicKeyInfo(), new byte[] { 1, 2 }));
    }

    [Theory]
    [InlineData("d18443a10126a0410140", "tag")]
    [InlineData("8343a10126a04101", "COSE_Sign1")]
    [InlineData("8443a10126a0016140", "COSE_Sign1")]
    [InlineData("8441 80 a0 41 01 41 00", "protected header")]
    [InlineData("8443a10126a0014100", "payload")]
    public void Refuses_what_is_no_COSE_Sign1(string hex, string field) =>
        Assert.Equal(field, Assert.Throws<MalformedException>(() => CoseSign1.Parse(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), "test")).Field);

    private static AsymmetricAlgorithm KeyFor(string name) => name switch
    {
        "ES256" => ECDsa.Create(ECCurve.NamedCurves.nistP256),
        "ES384" => ECDsa.Create(ECCurve.NamedCurves.nistP384),
        "ES512" => ECDsa.Create(ECCurve.NamedCurves.nistP521),
        _ => RSA.Create(2048),
    };

    private static byte[] Spki(AsymmetricAlgorithm key) => key.ExportSubjectPublicKeyInfo();
}
