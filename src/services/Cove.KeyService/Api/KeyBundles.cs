using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Cove.Formats.Jose;
using Cove.KeyService.Storage;
using Cove.Keys.Vault;

namespace Cove.KeyService.Api;

/// <summary>Keys as answers show them: never a private part.</summary>
internal sealed class KeyBundles(Uri vault, VaultDialect dialect)
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public Uri Vault => vault;

    /// <summary>A KeyBundle.</summary>
    public byte[] Bundle(StoredKey key) => Write(writer => WriteBundle(writer, key));

    /// <summary>A DeletedKeyBundle.</summary>
    public byte[] Bundle(DeletedKey deleted) => Write(writer =>
    {
        WriteDeletion(writer, deleted);
        WriteBundle(writer, deleted.Key);
    });

    /// <summary>A page of keys, by their versionless ids, or of versions.</summary>
    public byte[] Page(IEnumerable<StoredKey> keys, bool versions, string? nextLink) => Page(writer =>
    {
        foreach (var key in keys)
        {
            writer.WriteStartObject();
            WriteItem(writer, key, versions);
            writer.WriteEndObject();
        }
    }, nextLink);

    /// <summary>A page of deleted keys.</summary>
    public byte[] Page(IEnumerable<DeletedKey> keys, string? nextLink) => Page(writer =>
    {
        foreach (var deleted in keys)
        {
            writer.WriteStartObject();
            WriteDeletion(writer, deleted);
            WriteItem(writer, deleted.Key, false);
            writer.WriteEndObject();
        }
    }, nextLink);

    /// <summary>A KeyOperationResult.</summary>
    public byte[] OperationResult(KeyId id, CryptoResult result) => Write(writer =>
    {
        writer.WriteString("kid", id.UrlIn(vault));
        writer.WriteString("value", Base64Url.Encode(result.Value));
        if (result.Iv is { } iv) writer.WriteString("iv", Base64Url.Encode(iv));
        if (result.Tag is { } tag) writer.WriteString("tag", Base64Url.Encode(tag));
        if (result.AdditionalData is { } data) writer.WriteString("aad", Base64Url.Encode(data));
    });

    /// <summary>A KeyRotationPolicy.</summary>
    public byte[] RotationPolicy(string name, RotationPolicy policy) => Write(writer =>
    {
        writer.WriteString("id", $"{vault.GetLeftPart(UriPartial.Authority)}/keys/{name}/rotationpolicy");
        writer.WriteStartArray("lifetimeActions");
        foreach (var action in policy.Actions)
        {
            writer.WriteStartObject();
            writer.WriteStartObject("trigger");
            if (action.TimeAfterCreate is { } after) writer.WriteString("timeAfterCreate", after);
            if (action.TimeBeforeExpiry is { } before) writer.WriteString("timeBeforeExpiry", before);
            writer.WriteEndObject();
            writer.WriteStartObject("action");
            writer.WriteString("type", action.Type);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartObject("attributes");
        writer.WriteString("expiryTime", policy.ExpiryTime);
        writer.WriteNumber("created", policy.Created.ToUnixTimeSeconds());
        writer.WriteNumber("updated", policy.Updated.ToUnixTimeSeconds());
        writer.WriteEndObject();
    });

    /// <summary>The answer of a verification.</summary>
    public static byte[] Value(bool value) => Write(writer => writer.WriteBoolean("value", value));

    /// <summary>An object with one string.</summary>
    public static byte[] Value(string value) => Write(writer => writer.WriteString("value", value));

    /// <summary>The public key; null for a symmetric one.</summary>
    public static Jwk? Public(StoredKey key) => key.PublicJwk is null ? null : Jwk.Parse(key.PublicJwk);

    private static byte[] Page(Action<Utf8JsonWriter> items, string? nextLink) => Write(writer =>
    {
        writer.WriteStartArray("value");
        items(writer);
        writer.WriteEndArray();
        writer.WriteString("nextLink", nextLink);
    });

    private void WriteBundle(Utf8JsonWriter writer, StoredKey key)
    {
        writer.WriteStartObject("key");
        writer.WriteString("kid", key.Id.UrlIn(vault));
        writer.WriteString("kty", key.KeyType);
        writer.WriteStartArray("key_ops");
        foreach (var operation in key.KeyOperations) writer.WriteStringValue(operation);
        writer.WriteEndArray();
        using var publicKey = Public(key);
        if (publicKey is RsaJwk rsa)
        {
            writer.WriteString("n", Base64Url.Encode(rsa.Modulus));
            writer.WriteString("e", Base64Url.Encode(rsa.Exponent));
        }
        else if (publicKey is EcJwk ec)
        {
            writer.WriteString("crv", ec.Curve.Name);
            writer.WriteString("x", Base64Url.Encode(ec.X));
            writer.WriteString("y", Base64Url.Encode(ec.Y));
        }

        writer.WriteEndObject();
        WriteAttributesAndTags(writer, key);
        if (key.Policy is not { } policy) return;
        writer.WriteStartObject("release_policy");
        writer.WriteString("contentType", policy.ContentType);
        writer.WriteString("data", Base64Url.Encode(policy.Data));
        writer.WriteBoolean("immutable", policy.Immutable);
        writer.WriteEndObject();
    }

    private void WriteItem(Utf8JsonWriter writer, StoredKey key, bool withVersion)
    {
        writer.WriteString("kid", (withVersion ? key.Id : new KeyId(key.Id.Name)).UrlIn(vault));
        WriteAttributesAndTags(writer, key);
    }

    private void WriteAttributesAndTags(Utf8JsonWriter writer, StoredKey key)
    {
        writer.WritePropertyName("attributes");
        key.Attributes.WriteTo(writer, dialect.Release);
        if (key.Tags is not { } tags) return;
        writer.WriteStartObject("tags");
        foreach (var (name, value) in tags) writer.WriteString(name, value);
        writer.WriteEndObject();
    }

    private void WriteDeletion(Utf8JsonWriter writer, DeletedKey deleted)
    {
        writer.WriteString("recoveryId", $"{vault.GetLeftPart(UriPartial.Authority)}/deletedkeys/{deleted.Key.Id.Name}");
        writer.WriteNumber("deletedDate", deleted.Deleted.ToUnixTimeSeconds());
        writer.WriteNumber("scheduledPurgeDate", deleted.ScheduledPurge.ToUnixTimeSeconds());
    }

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
