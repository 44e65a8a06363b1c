using System.Buffers;
using System.Text.Json;
using Cove.Formats.Jose;

namespace Cove.Cli.Vault;

/// <summary>Bodies of the requests that make keys.</summary>
internal static class KeyRequests
{
    private const string PolicyContentType = "application/json; charset=utf-8";

    /// <summary>A key that the service makes.</summary>
    public static ReadOnlyMemory<byte> Create(KeyKind kind, byte[]? releasePolicy) => Write(writer =>
    {
        writer.WriteString("kty", kind.WireType(releasePolicy is not null));
        if (kind.Size is { } size) writer.WriteNumber("key_size", size);
        if (kind.Curve is { } curve) writer.WriteString("crv", curve);
        WriteRelease(writer, releasePolicy);
    }).WrittenMemory;

    /// <summary>A key that the owner has. The result holds the secret: zero it after use.</summary>
    public static byte[] Import(Jwk key, byte[]? releasePolicy)
    {
        var buffer = Write(writer =>
        {
            writer.WriteBoolean("Hsm", releasePolicy is not null);
            writer.WritePropertyName("key");
            key.WriteTo(writer, includePrivate: true);
            WriteRelease(writer, releasePolicy);
        });
        var body = buffer.WrittenSpan.ToArray();
        buffer.Clear();
        return body;
    }

    /// <summary>A release, for the token of the environment that asks.</summary>
    public static ReadOnlyMemory<byte> Release(string attestationToken) => Write(writer => writer.WriteString("target", attestationToken)).WrittenMemory;

    private static void WriteRelease(Utf8JsonWriter writer, byte[]? policy)
    {
        if (policy is null) return;
        writer.WriteStartObject("attributes");
        writer.WriteBoolean("exportable", true);
        writer.WriteEndObject();
        writer.WriteStartObject("release_policy");
        writer.WriteString("contentType", PolicyContentType);
        writer.WriteString("data", Base64Url.Encode(policy));
        writer.WriteEndObject();
    }

    private static ArrayBufferWriter<byte> Write(Action<Utf8JsonWriter> members)
    {
        // Large enough that a private key is not left behind by a buffer that grew.
        var buffer = new ArrayBufferWriter<byte>(Jwk.MaximumJsonLength * 2);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        members(writer);
        writer.WriteEndObject();
        writer.Flush();
        return buffer;
    }
}
