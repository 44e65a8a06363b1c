using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Cove.Sidecar.Tests.Fakes;

/// <summary>The vault that the reference was recorded against: its keys, taken from what was released, and its broken answers.</summary>
internal static class RecordedKeys
{
    private const int OctTranscript = 41;
    private const int RsaTranscript = 44;
    private const int EcTranscript = 45;

    public static VaultAnswer Answer(string name, X509Certificate2 signer, IReadOnlyList<X509Certificate2> above)
    {
        var answer = new VaultAnswer
        {
            Kid = $"https://localhost/keys/{name}/{FakeServices.VaultKeyVersion}",
            Material = Bytes(Recordings.ReleasedKey(OctTranscript), "k"),
            Signer = signer,
            Above = above,
        };
        return name switch
        {
            "oct256" => answer with { Encryption = "RSA_AES_KEY_WRAP_256" },
            "oct384" => answer with { Encryption = "RSA_AES_KEY_WRAP_384" },
            "rsakey" => Rsa(answer),
            "eckey" => Ec(answer),
            "noops" => answer with { Members = string.Empty },
            "badops" => answer with { Members = "\"key_ops\":[\"export\"]," },
            "badkty" => answer with { KeyType = "AKP" },
            "badsig" => answer with { TamperJws = FlipLastSignatureByte },
            "short" => answer with { TamperCiphertext = bytes => bytes[..16] },
            _ => answer,
        };
    }

    public static string FlipLastSignatureByte(string jws)
    {
        var signature = Base64Url.DecodeFromChars(jws.AsSpan(jws.LastIndexOf('.') + 1));
        signature[^1] ^= 1;
        return jws[..(jws.LastIndexOf('.') + 1)] + Base64Url.EncodeToString(signature);
    }

    /// <summary>The recorded RSA key with its private part.</summary>
    public static RSAParameters RsaParameters()
    {
        var jwk = Recordings.ReleasedKey(RsaTranscript);
        return new RSAParameters
        {
            Modulus = Bytes(jwk, "n"),
            Exponent = Bytes(jwk, "e"),
            D = Bytes(jwk, "d"),
            P = Bytes(jwk, "p"),
            Q = Bytes(jwk, "q"),
            DP = Bytes(jwk, "dp"),
            DQ = Bytes(jwk, "dq"),
            InverseQ = Bytes(jwk, "qi"),
        };
    }

    private static VaultAnswer Rsa(VaultAnswer answer)
    {
        var jwk = Recordings.ReleasedKey(RsaTranscript);
        using var rsa = RSA.Create(RsaParameters());
        return answer with
        {
            KeyType = "RSA-HSM",
            Material = rsa.ExportPkcs8PrivateKey(),
            Members = $$"""{{Operations(jwk)}}"n":{{jwk.GetProperty("n").GetRawText()}},"e":{{jwk.GetProperty("e").GetRawText()}},""",
        };
    }

    private static VaultAnswer Ec(VaultAnswer answer)
    {
        var jwk = Recordings.ReleasedKey(EcTranscript);
        using var ec = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            D = Bytes(jwk, "d"),
            Q = new ECPoint { X = Bytes(jwk, "x"), Y = Bytes(jwk, "y") },
        });
        return answer with
        {
            KeyType = "EC-HSM",
            Material = ec.ExportPkcs8PrivateKey(),
            Members = $$"""{{Operations(jwk)}}"crv":"P-256","x":{{jwk.GetProperty("x").GetRawText()}},"y":{{jwk.GetProperty("y").GetRawText()}},""",
        };
    }

    private static string Operations(JsonElement jwk) => $"\"key_ops\":{jwk.GetProperty("key_ops").GetRawText()},";

    private static byte[] Bytes(JsonElement jwk, string member) => Base64Url.DecodeFromChars(jwk.GetProperty(member).GetString());
}
