namespace Cove.Keys.Wrapping;

/// <summary>A secret key wrapped for the key that an attested workload holds. Only a release makes one.</summary>
public sealed class WrappedKey
{
    internal WrappedKey(WrapAlgorithm algorithm, string wrappingKeyId, byte[] ciphertext)
    {
        Algorithm = algorithm;
        WrappingKeyId = wrappingKeyId;
        Ciphertext = ciphertext;
    }

    /// <summary>How it is wrapped.</summary>
    public WrapAlgorithm Algorithm { get; }

    /// <summary>The <c>kid</c> of the workload's key.</summary>
    public string WrappingKeyId { get; }

    /// <summary>RSA-OAEP part, then AES-KWP part.</summary>
    public ReadOnlyMemory<byte> Ciphertext { get; }
}
