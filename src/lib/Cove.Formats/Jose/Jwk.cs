using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Formats.Jose;

/// <summary>A JSON Web Key (RFC 7517): <see cref="RsaJwk"/>, <see cref="EcJwk"/> or <see cref="OctJwk"/>. Disposing zeroes what is secret in
/// it.</summary>
public abstract class Jwk : IDisposable
{
    /// <summary>Longest JSON text of a key, in bytes: RSA-4096 with a certificate chain is below 16 KiB.</summary>
    public const int MaximumJsonLength = 32 * 1024;

    internal const string Format = "JWK";
    private const int MaximumKeyOperations = 16;
    private protected const int MaximumCertificates = 10;

    private protected Jwk()
    {
    }

    /// <summary>The <c>kty</c> member: <c>RSA</c>, <c>EC</c> or <c>oct</c>.</summary>
    public abstract string KeyType { get; }

    /// <summary>True when the key holds its secret part (always for <c>oct</c>).</summary>
    public abstract bool HasPrivateKey { get; }

    /// <summary>The <c>kid</c> member.</summary>
    public string? KeyId { get; init; }

    /// <summary>The <c>use</c> member: <c>sig</c>, <c>enc</c> or absent.</summary>
    public string? Use { get; init; }

    /// <summary>The <c>alg</c> member.</summary>
    public string? Algorithm { get; init; }

    /// <summary>The <c>key_ops</c> member; null where it is absent, which permits every operation.</summary>
    public IReadOnlyList<string>? KeyOperations { get; init; }

    /// <summary>The <c>x5c</c> member: DER certificates, leaf first; null where it is absent. Nothing about them is verified here.</summary>
    public IReadOnlyList<byte[]>? CertificateChain { get; init; }

    /// <summary>Reads a key. Members that RFC 7517 does not name are ignored.</summary>
    /// <param name="utf8">A JSON object in UTF-8, at most <see cref="MaximumJsonLength"/> bytes.</param>
    /// <exception cref="MalformedException">Not a key of a known type, or its numbers are outside their limits.</exception>
    public static Jwk Parse(ReadOnlyMemory<byte> utf8)
    {
        using var document = StrictJson.ParseObject(utf8, Format, MaximumJsonLength);
        return Parse(document.RootElement);
    }

    /// <summary>Reads a key from an element of a document that refuses duplicate members (<see cref="StrictJson"/>).</summary>
    /// <exception cref="MalformedException">Not a key of a known type, or its numbers are outside their limits.</exception>
    public static Jwk Parse(JsonElement element)
        => TryParse(element, out var keyType) ?? throw new MalformedException(Format, "kty", $"is {keyType}, expected RSA, EC or oct");

    /// <summary>The key, or null where its <c>kty</c> is none that we know, which a key set tolerates (RFC 7517 section 5).</summary>
    internal static Jwk? TryParse(JsonElement element, out string keyType)
    {
        if (element.ValueKind != JsonValueKind.Object) throw new MalformedException(Format, "key", "is not a JSON object");
        keyType = StrictJson.RequiredString(element, "kty", Format);
        return keyType switch
        {
            "RSA" => new RsaJwk(RsaJwk.Read(element)) { KeyId = Kid(element), Use = UseOf(element), Algorithm = Alg(element),
                KeyOperations = Ops(element), CertificateChain = Chain(element) },
            "EC" => new EcJwk(EcJwk.Read(element)) { KeyId = Kid(element), Use = UseOf(element), Algorithm = Alg(element),
                KeyOperations = Ops(element), CertificateChain = Chain(element) },
            "oct" => new OctJwk(StrictJson.RequiredBytes(element, "k", Format)) { KeyId = Kid(element), Use = UseOf(element),
                Algorithm = Alg(element), KeyOperations = Ops(element), CertificateChain = Chain(element) },
            _ => null,
        };
    }

    /// <summary>SHA-256 over the canonical public members (RFC 7638), 32 bytes. For <c>oct</c> it is a hash of the secret: show it to nobody
    /// who may guess.</summary>
    public byte[] Thumbprint()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            WriteThumbprintMembers(writer);
            writer.WriteEndObject();
        }

        var hash = SHA256.HashData(buffer.WrittenSpan);
        buffer.Clear();
        return hash;
    }

    /// <summary><see cref="Thumbprint"/> as base64url, the usual <c>kid</c>.</summary>
    public string ThumbprintText() => Base64Url.Encode(Thumbprint());

    /// <summary>The key as compact UTF-8 JSON with its members in ordinal order.</summary>
    /// <param name="includePrivate">Whether the secret members are written. The caller then zeroes the array.</param>
    /// <exception cref="InvalidOperationException">Secret members are asked for and there are none, or an <c>oct</c> key is asked for
    /// without.</exception>
    public byte[] ToJson(bool includePrivate)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer)) WriteTo(writer, includePrivate);
        var json = buffer.WrittenSpan.ToArray();
        buffer.Clear();
        return json;
    }

    /// <summary>Writes the key as a JSON object with its members in ordinal order.</summary>
    /// <inheritdoc cref="ToJson" path="/param"/>
    /// <inheritdoc cref="ToJson" path="/exception"/>
    public void WriteTo(Utf8JsonWriter writer, bool includePrivate)
    {
        if (includePrivate && !HasPrivateKey) throw new InvalidOperationException("the key has no private part");
        if (!includePrivate && this is OctJwk) throw new InvalidOperationException("an oct key has no public part");
        var members = new SortedDictionary<string, Action<Utf8JsonWriter>>(StringComparer.Ordinal)
        {
            ["kty"] = w => w.WriteString("kty", KeyType),
        };
        if (KeyId is not null) members["kid"] = w => w.WriteString("kid", KeyId);
        if (Use is not null) members["use"] = w => w.WriteString("use", Use);
        if (Algorithm is not null) members["alg"] = w => w.WriteString("alg", Algorithm);
        if (KeyOperations is not null) members["key_ops"] = w => WriteStrings(w, "key_ops", KeyOperations);
        if (CertificateChain is not null) members["x5c"] = w => WriteChain(w, CertificateChain);
        AddMembers(members, includePrivate);
        writer.WriteStartObject();
        foreach (var write in members.Values) write(writer);
        writer.WriteEndObject();
    }

    /// <summary>Zeroes the secret part.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    private protected abstract void Dispose(bool disposing);

    private protected abstract void WriteThumbprintMembers(Utf8JsonWriter writer);

    private protected abstract void AddMembers(SortedDictionary<string, Action<Utf8JsonWriter>> members, bool includePrivate);

    /// <summary>Writes a base64url member without a string of it.</summary>
    private protected static void WriteBytes(Utf8JsonWriter writer, string name, ReadOnlySpan<byte> value)
    {
        var rented = ArrayPool<byte>.Shared.Rent(System.Buffers.Text.Base64Url.GetEncodedLength(value.Length));
        try
        {
            var length = System.Buffers.Text.Base64Url.EncodeToUtf8(value, rented);
            writer.WriteString(name, rented.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }

    private static void WriteStrings(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    private static void WriteChain(Utf8JsonWriter writer, IEnumerable<byte[]> chain)
    {
        writer.WriteStartArray("x5c");
        foreach (var certificate in chain) writer.WriteBase64StringValue(certificate);
        writer.WriteEndArray();
    }

    private static string? Kid(JsonElement element) => StrictJson.OptionalString(element, "kid", Format);

    private static string? UseOf(JsonElement element) => StrictJson.OptionalString(element, "use", Format);

    private static string? Alg(JsonElement element) => StrictJson.OptionalString(element, "alg", Format);

    private static IReadOnlyList<string>? Ops(JsonElement element) => StrictJson.OptionalStrings(element, "key_ops", Format, MaximumKeyOperations);

    private static List<byte[]>? Chain(JsonElement element) => X509Chain.Read(element, Format, MaximumCertificates);
}
