using System.Security.Cryptography;
using System.Text.Json;
using Cove.Attestation.Snp;
using Cove.Outcomes;

namespace Cove.Attestation.Tests.Snp;

public sealed class IdBlockTests : IDisposable
{
    private const string Folder = "virtee-sev/idblock/";
    private readonly ECDsa idKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly ECDsa authorKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly IdBlock block = new(RandomNumberGenerator.GetBytes(48), RandomNumberGenerator.GetBytes(16), RandomNumberGenerator.GetBytes(16)) { GuestSvn = 7 };

    public void Dispose()
    {
        idKey.Dispose();
        authorKey.Dispose();
    }

    [Theory]
    [InlineData("virtee-sev-snp-measure")]
    [InlineData("virtee-sev")]
    public void Blocks_and_key_digests_are_those_that_the_references_make(string set)
    {
        using var document = JsonDocument.Parse(Known.Bytes(Folder + "idblock_public.json"));
        var known = document.RootElement.GetProperty(set);
        byte[] Base64(string member) => known.GetProperty(member).GetBytesFromBase64();
        foreach (var which in (string[])["id", "author"])
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(known.GetProperty($"{which}_public_key_pem").GetString());
            Assert.Equal(Base64($"{which}_key_digest_b64"), SevPublicKey.Of(key).Digest());
            Assert.Equal(SevPublicKey.Of(key).Digest(), SevPublicKey.Parse(SevPublicKey.Of(key).Bytes.Span).Digest());
        }

        Assert.Equal(Base64("id_block_b64"), new IdBlock(Base64("launch_digest_b64"), new byte[16], new byte[16]).ToBytes());
        Assert.Equal(Base64("id_block_b64"), IdBlock.Parse(Base64("id_block_b64")).ToBytes());
    }

    [Fact]
    public void The_recorded_authentication_is_of_its_block_and_of_no_other()
    {
        using var document = JsonDocument.Parse(Known.Bytes(Folder + "idblock_public.json"));
        var known = document.RootElement.GetProperty("virtee-sev");
        var authentication = IdAuthentication.Parse(Known.Bytes(Folder + "test_auth_block.bin"));
        var recorded = IdBlock.Parse(known.GetProperty("id_block_b64").GetBytesFromBase64());
        Assert.True(authentication.Verify(recorded).IsAccepted(out var verified, out _));
        Assert.Equal(known.GetProperty("id_key_digest_b64").GetBytesFromBase64(), verified.IdKeyDigest.ToArray());
        Assert.Equal(known.GetProperty("author_key_digest_b64").GetBytesFromBase64(), verified.AuthorKeyDigest.ToArray());
        AssertCodes(authentication, recorded with { GuestSvn = 1 }, "id-block-signature-invalid");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_created_verifies_also_after_being_written_and_read(bool withAuthor)
    {
        var made = IdAuthentication.Create(block, idKey, withAuthor ? authorKey : null);
        var read = IdAuthentication.Parse(made.Bytes.Span);
        Assert.True(read.Verify(IdBlock.Parse(block.ToBytes())).IsAccepted(out var verified, out _));
        Assert.Equal(SevPublicKey.Of(idKey).Digest(), verified.IdKeyDigest.ToArray());
        Assert.Equal(withAuthor ? SevPublicKey.Of(authorKey).Digest() : [], verified.AuthorKeyDigest.ToArray());
    }

    [Fact]
    public void One_changed_bit_of_the_block_a_key_or_a_signature_is_refused()
    {
        var made = IdAuthentication.Create(block, idKey, authorKey);
        AssertCodes(made, block with { Policy = new GuestPolicy(0xB_0000) }, "id-block-signature-invalid");
        AssertCodes(Changed(0x40), block, "id-block-signature-invalid");
        AssertCodes(Changed(0x244), block, "id-block-signature-invalid", "id-key-signature-invalid");
        AssertCodes(Changed(0x680), block, "id-key-signature-invalid");
        AssertCodes(Changed(0x884), block, "id-key-signature-invalid");

        IdAuthentication Changed(int offset)
        {
            var bytes = made.Bytes.ToArray();
            bytes[offset] ^= 1;
            return IdAuthentication.Parse(bytes);
        }
    }

    [Theory]
    [InlineData(0x000)] // ID_KEY_ALGO
    [InlineData(0x005)] // AUTHOR_KEY_ALGO
    [InlineData(0x008)]
    [InlineData(0x070)] // above R
    [InlineData(0x0D0)] // after both halves
    [InlineData(0x240)] // curve
    [InlineData(0x274)] // above x
    [InlineData(0x644)]
    [InlineData(0xFFF)]
    public void Reserved_bytes_and_other_algorithms_are_malformed(int offset)
    {
        var bytes = IdAuthentication.Create(block, idKey, authorKey).Bytes.ToArray();
        bytes[offset] ^= 2;
        Assert.Throws<MalformedException>(() => IdAuthentication.Parse(bytes));
    }

    [Fact]
    public void Another_size_curve_or_version_is_malformed()
    {
        using var p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Equal("curve", Assert.Throws<MalformedException>(() => IdAuthentication.Create(block, p256, null)).Field);
        Assert.Throws<MalformedException>(() => IdAuthentication.Parse(IdAuthentication.Create(block, idKey, null).Bytes.Span[..4095]));
        Assert.Throws<MalformedException>(() => IdBlock.Parse([.. block.ToBytes(), 0]));
        var version = block.ToBytes();
        version[80] = 2;
        Assert.Equal("VERSION", Assert.Throws<MalformedException>(() => IdBlock.Parse(version)).Field);
        Assert.Equal("LD", Assert.Throws<MalformedException>(() => new IdBlock(new byte[32], new byte[16], new byte[16])).Field);
    }

    private static void AssertCodes(IdAuthentication authentication, IdBlock block, params string[] codes)
    {
        Assert.False(authentication.Verify(block).IsAccepted(out _, out var findings));
        Assert.Equal(codes, findings.Select(finding => finding.Code));
    }
}
