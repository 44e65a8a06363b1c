namespace Cove.Attestation.Snp;

/// <summary>An ID block whose signatures hold. Only <see cref="IdAuthentication.Verify"/> makes one.</summary>
public sealed class VerifiedIdBlock
{
    internal VerifiedIdBlock(IdBlock block, byte[] idKeyDigest, byte[]? authorKeyDigest)
    {
        Block = block;
        IdKeyDigest = idKeyDigest;
        AuthorKeyDigest = authorKeyDigest ?? ReadOnlyMemory<byte>.Empty;
    }

    /// <summary>The block.</summary>
    public IdBlock Block { get; }

    /// <summary>What a report of a guest launched with the block carries in ID_KEY_DIGEST, 48 bytes.</summary>
    public ReadOnlyMemory<byte> IdKeyDigest { get; }

    /// <summary>What it carries in AUTHOR_KEY_DIGEST, 48 bytes; empty where there is no author key (the report's is zero then).</summary>
    public ReadOnlyMemory<byte> AuthorKeyDigest { get; }
}
