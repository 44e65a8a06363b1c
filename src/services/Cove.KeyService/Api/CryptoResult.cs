namespace Cove.KeyService.Api;

/// <summary>What an encryption gives, with what decryption needs besides the key.</summary>
internal sealed record CryptoResult(byte[] Value, byte[]? Iv = null, byte[]? Tag = null, byte[]? AdditionalData = null);
