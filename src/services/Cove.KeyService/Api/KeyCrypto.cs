using System.Security.Cryptography;
using Cove.Formats.Jose;
using Cove.Hosting.Storage;
using Cove.KeyService.Access;
using Cove.KeyService.Storage;
using Cove.Keys.Vault;
using Cove.Keys.Wrapping;

namespace Cove.KeyService.Api;

/// <summary>Using a key without taking it out: encrypt, decrypt, wrap, unwrap, sign, verify.</summary>
internal sealed class KeyCrypto(KeyStore store, MasterKey master, KeyBundles bundles, TimeProvider clock)
{
    private const int MaximumBody = 64 * 1024;

    /// <summary>POST …/{operation}, the operation in lower case as clients write it.</summary>
    public async Task RunAsync(KeyCall call, KeyId id, string operation)
    {
        call.Require(
            operation switch
            {
                "encrypt" => DataAction.Encrypt,
                "decrypt" => DataAction.Decrypt,
                "wrapkey" => DataAction.Wrap,
                "unwrapkey" => DataAction.Unwrap,
                "sign" => DataAction.Sign,
                _ => DataAction.Verify,
            },
            id.Name);
        using var body = RequestJson.Parse(await call.ReadAsync(MaximumBody), MaximumBody);
        var request = new RequestJson(body.RootElement);
        var key = store.Find(id) ?? throw KeyErrors.NotFound(id);
        var algorithm = request.RequiredText("alg");
        CheckAllowed(key, operation);
        using var material = KeyMaterial.Adopt(master.Open(key.SealedMaterial, StoredKey.PlaceOf(key.Id)));
        using var secret = KeyMaterial.Read(key.Family, material.Bytes, null);
        await call.AnswerAsync(operation switch
        {
            "encrypt" or "wrapkey" => bundles.OperationResult(key.Id, Encrypt(secret, algorithm, request)),
            "decrypt" or "unwrapkey" => bundles.OperationResult(key.Id, new(Decrypt(secret, algorithm, request))),
            "sign" => bundles.OperationResult(key.Id, new(KeySigning.Sign(secret, algorithm, Required(request, "value")))),
            _ => KeyBundles.Value(KeySigning.Verify(secret, algorithm, Required(request, "digest"), Required(request, "value"))),
        });
    }

    private static CryptoResult Encrypt(Jwk key, string algorithm, RequestJson request)
    {
        var value = Required(request, "value");
        if (key is OctJwk oct) return SymmetricOperation.Encrypt(Mode(oct, algorithm), oct.Key, value, request.Bytes("iv"), request.Bytes("aad"));
        if (key is not RsaJwk rsaKey || CryptoAlgorithms.RsaPadding(algorithm) is not { } padding) throw KeyErrors.Unfit(key.KeyType, algorithm);
        using var rsa = rsaKey.CreateRsa();
        try
        {
            return new(rsa.Encrypt(value, padding));
        }
        catch (CryptographicException)
        {
            throw KeyErrors.BadParameter($"value is too long for {algorithm} with this key.");
        }
    }

    private static byte[] Decrypt(Jwk key, string algorithm, RequestJson request)
    {
        var value = Required(request, "value");
        byte[]? plaintext;
        if (key is OctJwk oct)
            plaintext = SymmetricOperation.Decrypt(Mode(oct, algorithm), oct.Key, value, request.Bytes("iv"), request.Bytes("tag"),
                request.Bytes("aad"));
        else if (key is RsaJwk rsaKey && CryptoAlgorithms.RsaPadding(algorithm) is { } padding) plaintext = DecryptRsa(rsaKey, value, padding);
        else throw KeyErrors.Unfit(key.KeyType, algorithm);
        return plaintext ?? throw KeyErrors.BadParameter("The value cannot be decrypted with this key and algorithm.");
    }

    private static byte[]? DecryptRsa(RsaJwk key, byte[] value, RSAEncryptionPadding padding)
    {
        using var rsa = key.CreateRsa();
        try
        {
            return rsa.Decrypt(value, padding);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static SymmetricMode Mode(OctJwk key, string algorithm)
    {
        if (CryptoAlgorithms.Symmetric(algorithm, key.Key.Length) is not var (length, mode)) throw KeyErrors.Unfit(key.KeyType, algorithm);
        return length == key.Key.Length ? mode
            : throw KeyErrors.BadParameter($"{algorithm} needs a key of {length * 8} bits, this one has {key.Key.Length * 8}.");
    }

    private static byte[] Required(RequestJson request, string name) => request.Bytes(name) ?? throw KeyErrors.BadParameter($"{name} is required.");

    private void CheckAllowed(StoredKey key, string operation)
    {
        var name = operation switch { "wrapkey" => "wrapKey", "unwrapkey" => "unwrapKey", _ => operation };
        if (!key.KeyOperations.Contains(name, StringComparer.Ordinal))
            throw KeyErrors.NotPermitted($"Operation {name} is not permitted on this key.", "AccessDenied");
        var now = clock.GetUtcNow();
        if (!key.Attributes.Enabled) throw KeyErrors.NotPermitted($"Operation {name} is not allowed on a disabled key.", "KeyDisabled");
        if (key.Attributes.NotBefore > now) throw KeyErrors.NotPermitted($"Operation {name} is not allowed before nbf.", "KeyNotYetValid");
        // An expired key still opens and checks what it protected.
        if (key.Attributes.Expires <= now && name is "encrypt" or "wrapKey" or "sign")
            throw KeyErrors.NotPermitted($"Operation {name} is not allowed on an expired key.", "KeyExpired");
    }
}
