using System.Xml;
using Cove.Formats.Jose;
using Cove.Hosting.Storage;
using Cove.KeyService.Storage;
using Cove.Keys.Wrapping;

namespace Cove.KeyService.Api;

/// <summary>Makes a key's next version: of the same type, size, operations and release policy, with new material.</summary>
internal sealed class KeyRotator(RotationPolicies policies, MasterKey master, TimeProvider clock)
{
    /// <summary>The next version, to be stored.</summary>
    /// <param name="old">The newest version that there is.</param>
    public StoredKey Next(StoredKey old)
    {
        using var shape = KeyBundles.Public(old);
        using var secret = KeyGeneration.Generate(old.KeyType, SizeOf(old, shape), (shape as EcJwk)?.Curve.Name, null);
        var id = KeyCreation.NewVersion(old.Id.Name);
        var now = DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds());
        using var material = KeyMaterial.Of(secret);
        return old with
        {
            Id = id,
            PublicJwk = secret is OctJwk ? null : secret.ToJson(includePrivate: false),
            SealedMaterial = master.Seal(material.Bytes, StoredKey.PlaceOf(id)),
            Attributes = old.Attributes with
            {
                Enabled = true,
                Created = now,
                Updated = now,
                NotBefore = null,
                Expires = policies.Find(id.Name)?.ExpiryTime is { } life ? now + XmlConvert.ToTimeSpan(life) : null,
            },
        };
    }

    private int? SizeOf(StoredKey key, Jwk? publicKey)
    {
        if (publicKey is RsaJwk rsa) return rsa.Bits;
        if (publicKey is not null) return null;
        using var material = KeyMaterial.Adopt(master.Open(key.SealedMaterial, StoredKey.PlaceOf(key.Id)));
        return material.Bytes.Length * 8;
    }
}
