using System.Security.Cryptography;
using Cove.Formats.Jose;

namespace Cove.KeyService.Api;

/// <summary>What each <c>alg</c> of the encrypt, wrap and sign operations means. Which keys it fits is checked by whoever runs it.</summary>
internal static class CryptoAlgorithms
{
    public static RSAEncryptionPadding? RsaPadding(string algorithm) => algorithm switch
    {
        "RSA1_5" => RSAEncryptionPadding.Pkcs1,
        // RFC 7518 fixes SHA-1 for this name.
        "RSA-OAEP" => RSAEncryptionPadding.OaepSHA1,
        "RSA-OAEP-256" => RSAEncryptionPadding.OaepSHA256,
        _ => null,
    };

    /// <summary>Key bytes and mode of <c>A{128,192,256}{GCM,CBC,CBCPAD,KW}</c>, and of the PKCS#11 names, which take any AES key.</summary>
    public static (int KeyLength, SymmetricMode Mode)? Symmetric(string algorithm, int keyLength) => algorithm switch
    {
        "A128GCM" => (16, SymmetricMode.Gcm),
        "A192GCM" => (24, SymmetricMode.Gcm),
        "A256GCM" => (32, SymmetricMode.Gcm),
        "A128CBC" => (16, SymmetricMode.Cbc),
        "A192CBC" => (24, SymmetricMode.Cbc),
        "A256CBC" => (32, SymmetricMode.Cbc),
        "A128CBCPAD" => (16, SymmetricMode.CbcPadded),
        "A192CBCPAD" => (24, SymmetricMode.CbcPadded),
        "A256CBCPAD" => (32, SymmetricMode.CbcPadded),
        "A128KW" => (16, SymmetricMode.KeyWrap),
        "A192KW" => (24, SymmetricMode.KeyWrap),
        "A256KW" => (32, SymmetricMode.KeyWrap),
        "CKM_AES_KEY_WRAP" => (keyLength, SymmetricMode.KeyWrap),
        "CKM_AES_KEY_WRAP_PAD" => (keyLength, SymmetricMode.KeyWrapPadded),
        _ => null,
    };

    public static (HashAlgorithmName Hash, RSASignaturePadding Padding)? RsaSignature(string algorithm) => algorithm switch
    {
        "RS256" => (HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        "RS384" => (HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
        "RS512" => (HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
        "PS256" => (HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        "PS384" => (HashAlgorithmName.SHA384, RSASignaturePadding.Pss),
        "PS512" => (HashAlgorithmName.SHA512, RSASignaturePadding.Pss),
        _ => null,
    };

    /// <summary>The curve and hash length of an ECDSA algorithm.</summary>
    public static (EcCurve Curve, int HashLength)? EcSignature(string algorithm) => algorithm switch
    {
        "ES256" => (EcCurve.P256, 32),
        "ES256K" => (EcCurve.P256K, 32),
        "ES384" => (EcCurve.P384, 48),
        "ES512" => (EcCurve.P521, 64),
        _ => null,
    };

    /// <summary>The hash of an HMAC algorithm (RFC 7518 3.2).</summary>
    public static HashAlgorithmName? Hmac(string algorithm) => algorithm switch
    {
        "HS256" => HashAlgorithmName.SHA256,
        "HS384" => HashAlgorithmName.SHA384,
        "HS512" => HashAlgorithmName.SHA512,
        _ => null,
    };

    public static int HashLength(HashAlgorithmName hash) => hash == HashAlgorithmName.SHA256 ? 32 : hash == HashAlgorithmName.SHA384 ? 48 : 64;
}
