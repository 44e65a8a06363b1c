using System.Buffers;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Cove.Formats.Jose;
using Cove.Keys.Wrapping;

namespace Cove.Keys.Release;

/// <summary>Signs release answers as the vault does: RS256 with the key of its own server certificate, whose chain travels in the header.</summary>
public sealed class ReleaseSigner : IDisposable
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly JwsSigner _signer;
    private readonly ProtectedHeader _header;

    /// <summary>A signer.</summary>
    /// <param name="key">The private key of the first certificate; disposed with the signer.</param>
    /// <param name="chain">DER certificates, leaf first, the root last.</param>
    /// <param name="dialect">Whose habits to follow.</param>
    /// <exception cref="ArgumentException">The chain is empty, or the key too small.</exception>
    public ReleaseSigner(RSA key, IReadOnlyList<byte[]> chain, ReleaseDialect dialect)
    {
        if (chain.Count == 0) throw new ArgumentException("a release answer carries its signer's certificate", nameof(chain));
        _signer = new(key, JwsAlgorithm.RS256);
        Dialect = dialect;
        _header = new(Write(writer => WriteHeader(writer, chain)));
    }

    /// <summary>Whose habits the answers follow.</summary>
    public ReleaseDialect Dialect { get; }

    private bool IsManagedHsm => Dialect == ReleaseDialect.ManagedHsm;

    /// <summary>The signed answer, a compact JWS.</summary>
    public string Sign(ReleaseStatement statement) => _signer.Sign(_header, Write(writer => WritePayload(writer, statement)));

    /// <summary>Disposes the key.</summary>
    public void Dispose() => _signer.Dispose();

    private void WriteHeader(Utf8JsonWriter writer, IReadOnlyList<byte[]> chain)
    {
        // SHA-1 thumbprints are the vault's way to name a certificate; nothing is trusted because of one.
        var sha1 = SHA1.HashData(chain[0]);
        var sha256 = Base64Url.Encode(SHA256.HashData(chain[0]));
        writer.WriteString("alg", "RS256");
        writer.WriteString("kid", IsManagedHsm ? sha256 : Convert.ToHexString(sha1));
        if (IsManagedHsm) Chain();
        if (!IsManagedHsm) writer.WriteString("x5t", Base64Url.Encode(sha1));
        if (!IsManagedHsm) writer.WriteString("typ", "JWT");
        writer.WriteString("x5t#S256", sha256);
        if (!IsManagedHsm) Chain();

        void Chain()
        {
            writer.WriteStartArray("x5c");
            foreach (var certificate in chain) writer.WriteBase64StringValue(certificate);
            writer.WriteEndArray();
        }
    }

    private void WritePayload(Utf8JsonWriter writer, ReleaseStatement statement)
    {
        writer.WriteStartObject("request");
        writer.WriteString("api-version", statement.ApiVersion);
        writer.WriteString("enc", statement.Key.Algorithm.Name);
        writer.WriteString("kid", statement.RequestedUrl);
        if (statement.Nonce is not null) writer.WriteString("nonce", statement.Nonce);
        writer.WriteEndObject();
        writer.WriteStartObject("response");
        writer.WriteStartObject("key");
        if (IsManagedHsm) WriteAttributes(writer, statement);
        WriteKey(writer, statement);
        if (!IsManagedHsm) WriteAttributes(writer, statement);
        if (statement.Tags is { } tags)
        {
            writer.WriteStartObject("tags");
            foreach (var (name, value) in tags) writer.WriteString(name, value);
            writer.WriteEndObject();
        }

        writer.WriteStartObject("release_policy");
        if (IsManagedHsm) writer.WriteString("contentType", "application/json; charset=utf-8");
        writer.WriteString("data", Base64Url.Encode(statement.PolicyData.Span));
        if (!IsManagedHsm) writer.WriteBoolean("immutable", statement.PolicyIsImmutable);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteAttributes(Utf8JsonWriter writer, ReleaseStatement statement)
    {
        writer.WritePropertyName("attributes");
        statement.Attributes.WriteTo(writer, Dialect);
    }

    private void WriteKey(Utf8JsonWriter writer, ReleaseStatement statement)
    {
        // The vault keeps the order below; the managed HSM sorts.
        var members = new List<(string Name, Action Write)>
        {
            ("kid", () => writer.WriteString("kid", statement.KeyUrl)),
            ("kty", () => writer.WriteString("kty",
                IsManagedHsm ? statement.KeyType.Replace("-HSM", "", StringComparison.Ordinal) : statement.KeyType)),
            ("key_ops", () => WriteOperations(writer, statement.KeyOperations)),
        };
        if (statement.PublicKey is RsaJwk rsa)
        {
            members.Add(("n", () => writer.WriteString("n", Base64Url.Encode(rsa.Modulus))));
            members.Add(("e", () => writer.WriteString("e", Base64Url.Encode(rsa.Exponent))));
        }
        else if (statement.PublicKey is EcJwk ec)
        {
            members.Add(("crv", () => writer.WriteString("crv", ec.Curve.Name)));
            members.Add(("x", () => writer.WriteString("x", Base64Url.Encode(ec.X))));
            members.Add(("y", () => writer.WriteString("y", Base64Url.Encode(ec.Y))));
        }

        members.Add(("key_hsm", () => writer.WriteString("key_hsm", Base64Url.Encode(KeyHsmBlob.Write(statement.Key, Dialect)))));
        writer.WriteStartObject("key");
        foreach (var (_, write) in IsManagedHsm ? members.OrderBy(m => m.Name, StringComparer.Ordinal) : members.AsEnumerable()) write();
        writer.WriteEndObject();
    }

    private static void WriteOperations(Utf8JsonWriter writer, IReadOnlyList<string> operations)
    {
        writer.WriteStartArray("key_ops");
        foreach (var operation in operations) writer.WriteStringValue(operation);
        writer.WriteEndArray();
    }

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
