using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Cove.Formats.Jose;
using Cove.Keys.Release;
using Cove.Tests;

namespace Cove.Keys.Tests;

/// <summary>The 18 recorded releases: three key types, three algorithms, two dialects.</summary>
internal static class SkrVectors
{
    public const string Host = "hsm1.managedhsm.test";

    /// <summary>A moment within the lifetime of the vectors' certificates.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

    private static readonly Lazy<JsonElement> File = new(() => JsonDocument.Parse(System.IO.File.ReadAllBytes(Vectors.Path("wire", "skr-vectors.json"))).RootElement);

    public static JsonElement Root => File.Value;

    public static IEnumerable<JsonElement> Cases => Root.GetProperty("cases").EnumerateArray();

    public static RSA WrapKey()
    {
        var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(Root.GetProperty("wrapPrivateKeyPkcs8").GetBytesFromBase64(), out _);
        return rsa;
    }

    public static X509Certificate2 Certificate(int index) => X509CertificateLoader.LoadCertificate(Root.GetProperty("chain")[index].GetBytesFromBase64());

    public static ReleaseTrust Trust() => ReleaseTrust.InRoots(Host, [Certificate(2)]);

    public static string Jws(JsonElement vector) => vector.GetProperty("jws").GetString()!;

    public static byte[] Plaintext(JsonElement vector) => vector.GetProperty("expectedPlaintextBase64").GetBytesFromBase64();

    public static JsonElement Payload(JsonElement vector) => JsonDocument.Parse(Base64Url.Decode(Jws(vector).Split('.')[1], "test", "payload")).RootElement;
}
