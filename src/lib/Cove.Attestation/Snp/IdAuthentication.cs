using System.Buffers.Binary;
using System.Security.Cryptography;
using Cove.Formats.Binary;
using Cove.Outcomes;

namespace Cove.Attestation.Snp;

/// <summary>
/// ID authentication information (SEV-SNP ABI 8.18): the ID key with its signature over the ID block and, where an author key vouches for it,
/// that key with its signature over the ID key. Parsing verifies nothing.
/// </summary>
public sealed class IdAuthentication
{
    /// <summary>Size in bytes.</summary>
    public const int Size = 4096;

    private const string Format = "ID authentication";
    private const string Section = "SEV-SNP ABI 8.18";
    private const uint EcdsaP384Sha384 = 1;
    private const int BlockSignatureAt = 0x40;
    private const int IdKeyAt = 0x240;
    private const int KeySignatureAt = 0x680;
    private const int AuthorKeyAt = 0x880;
    private const int KeyPadding = 60;
    private const int EndPadding = 892;
    private readonly byte[] _bytes;

    private IdAuthentication(byte[] bytes, SevPublicKey idKey, SevPublicKey? authorKey)
    {
        _bytes = bytes;
        IdKey = idKey;
        AuthorKey = authorKey;
    }

    /// <summary>All 4096 bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The key that signed the ID block.</summary>
    public SevPublicKey IdKey { get; }

    /// <summary>The key that vouches for the ID key; null where there is none.</summary>
    public SevPublicKey? AuthorKey { get; }

    /// <summary>Signs an ID block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="idKey">A P-384 private key.</param>
    /// <param name="authorKey">A P-384 private key that vouches for the ID key; null for none.</param>
    /// <exception cref="MalformedException">A key is of another curve.</exception>
    public static IdAuthentication Create(IdBlock block, ECDsa idKey, ECDsa? authorKey)
    {
        var id = SevPublicKey.Of(idKey);
        var author = authorKey is null ? null : SevPublicKey.Of(authorKey);
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, EcdsaP384Sha384);
        id.Bytes.Span.CopyTo(bytes.AsSpan(IdKeyAt));
        SevSignature.Write(Sign(idKey, block.ToBytes()), bytes.AsSpan(BlockSignatureAt));
        if (author is null) return new IdAuthentication(bytes, id, null);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(sizeof(uint)), EcdsaP384Sha384);
        author.Bytes.Span.CopyTo(bytes.AsSpan(AuthorKeyAt));
        SevSignature.Write(Sign(authorKey!, id.Bytes.Span), bytes.AsSpan(KeySignatureAt));
        return new IdAuthentication(bytes, id, author);
    }

    /// <summary>Parses the bytes.</summary>
    /// <exception cref="MalformedException">They are not 4096, an algorithm or curve is another, or a reserved byte is not zero.</exception>
    public static IdAuthentication Parse(ReadOnlySpan<byte> bytes)
    {
        var at = new ByteReader(Format, bytes);
        RequireAlgorithm(at.UInt32("ID_KEY_ALGO"), "ID_KEY_ALGO", 0);
        var hasAuthor = at.UInt32("AUTHOR_KEY_ALGO") is var author && author != 0;
        if (hasAuthor) RequireAlgorithm(author, "AUTHOR_KEY_ALGO", sizeof(uint));
        at.Zero("reserved after AUTHOR_KEY_ALGO", BlockSignatureAt - (2 * sizeof(uint)));
        ReadSignature(ref at, "ID_BLOCK_SIG");
        var idKey = SevPublicKey.Parse(at.Bytes("ID_PUBKEY", SevPublicKey.Size));
        at.Zero("reserved after ID_PUBKEY", KeyPadding);
        SevPublicKey? authorKey = null;
        if (hasAuthor)
        {
            ReadSignature(ref at, "ID_KEY_SIG");
            authorKey = SevPublicKey.Parse(at.Bytes("AUTHOR_PUBKEY", SevPublicKey.Size));
        }
        else
        {
            at.Zero("ID_KEY_SIG and AUTHOR_PUBKEY without an author key", SevSignature.Size + SevPublicKey.Size);
        }

        at.Zero("reserved after AUTHOR_PUBKEY", EndPadding);
        at.End();
        return new IdAuthentication(bytes.ToArray(), idKey, authorKey);
    }

    /// <summary>Whether the ID key signed this block and the author key, where there is one, the ID key. Whose keys they are is for the caller to know.</summary>
    public Verdict<VerifiedIdBlock> Verify(IdBlock block)
    {
        List<Finding> findings = [];
        if (!IdKey.Verifies(block.ToBytes(), SignatureAt(BlockSignatureAt)))
            findings.Add(new("id-block-signature-invalid", "ID_BLOCK_SIG", "a signature over the ID block by the ID key", "another signature", Section));
        if (AuthorKey is not null && !AuthorKey.Verifies(IdKey.Bytes.Span, SignatureAt(KeySignatureAt)))
            findings.Add(new("id-key-signature-invalid", "ID_KEY_SIG", "a signature over the ID key by the author key", "another signature", Section));
        return findings.Count > 0 ? findings : new VerifiedIdBlock(block, IdKey.Digest(), AuthorKey?.Digest());
    }

    private static byte[] Sign(ECDsa key, ReadOnlySpan<byte> data) => key.SignData(data, HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    private static void RequireAlgorithm(uint algorithm, string field, int offset)
    {
        if (algorithm != EcdsaP384Sha384) throw new MalformedException(Format, field, $"is {algorithm}, expected 1 (ECDSA P-384 with SHA-384)", offset);
    }

    private static void ReadSignature(ref ByteReader at, string field)
    {
        foreach (var half in (ReadOnlySpan<string>)[".R", ".S"])
        {
            at.Bytes(field + half, SevSignature.ScalarSize);
            at.Zero($"{field}{half} above 48 bytes", SevSignature.ScalarSlot - SevSignature.ScalarSize);
        }

        at.Zero("reserved after " + field, SevSignature.Size - (2 * SevSignature.ScalarSlot));
    }

    private byte[] SignatureAt(int offset) => SevSignature.ToP1363(_bytes.AsSpan(offset));
}
