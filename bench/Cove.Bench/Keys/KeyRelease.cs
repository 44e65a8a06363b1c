using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Cove.Attestation.Tokens;
using Cove.Formats.Certificates;
using Cove.Formats.Jose;
using Cove.Hosting.Storage;
using Cove.KeyService.Audit;
using Cove.KeyService.Storage;
using Cove.Keys.Release;
using Cove.Keys.ReleasePolicy;
using Cove.Keys.Vault;
using Cove.Keys.Wrapping;

namespace Cove.Bench.Keys;

/// <summary>Releases a second on one core, next to the RSA operations that no release can do without (verify the token, encrypt for the attested key, sign the answer), and what its stages take.</summary>
internal static class KeyRelease
{
    private const string Authority = "https://maa.bench";
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(1);

    public static void Run()
    {
        using var authority = RSA.Create(2048);
        using var workload = RSA.Create(2048);
        using var owned = RSA.Create(2048);
        using var ca = CertificateAuthority.Create("bench", ["localhost"], TimeProvider.System.GetUtcNow());
        using var server = ca.IssueServer("localhost", ["localhost"], [], TimeProvider.System.GetUtcNow());
        using var tls = server.Certificate.GetRSAPrivateKey()!;
        using var signer = new ReleaseSigner(server.Certificate.GetRSAPrivateKey()!, [server.Certificate.RawData, ca.Certificate.RawData], ReleaseDialect.Vault);
        using var publicKey = RsaJwk.FromRsa(owned, includePrivate: false);

        var yardstick = Measure(() => RsaOperations(authority, workload, tls));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  RSA-2048: verify, encrypt, sign {yardstick,52:F0} a second"));
        var token = Token(authority, workload);
        var validator = new TokenValidator(Authority, new([RsaJwk.FromRsa(authority, false, keyId: "a")]), TimeProvider.System);
        foreach (var (name, secret) in ((string, Jwk)[])[("oct-256", OctJwk.FromBytes(RandomNumberGenerator.GetBytes(32))), ("RSA-2048", RsaJwk.FromRsa(owned, true))])
        {
            using var material = KeyMaterial.Of(secret);
            var kept = material.Bytes.ToArray();
            var rate = Measure(() => Release(validator, token, kept, secret is OctJwk ? null : publicKey, signer));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  release of an {name} key: token, policy, wrap, answer {rate,27:F0} a second  {yardstick / rate,5:F2} times the cost of the RSA operations"));
        }

        Stages(validator, token, workload, tls);
        StorageAsync().GetAwaiter().GetResult();
    }

    /// <summary>The parts of a release by themselves; the imports of the attested key, which is another one each time, by the platform and by ours.</summary>
    private static void Stages(TokenValidator validator, string token, RSA workload, RSA server)
    {
        using var attested = RsaJwk.FromRsa(workload, includePrivate: false);
        var kek = RandomNumberGenerator.GetBytes(32);
        using var wrapping = AttestedPublicKey.Open(attested);
        using var signer = new JwsSigner(RSA.Create(server.ExportParameters(true)), JwsAlgorithm.RS256);
        var header = new ProtectedHeader("""{"alg":"RS256"}"""u8.ToArray());
        var payload = new byte[2048];
        Print("the token: parts, signature, claims", () => validator.Validate(token));
        Print("the policy", () => KeyReleasePolicy.Parse(Policy()));
        Print("the attested key, as the platform imports it", () => attested.CreateRsa().Dispose());
        Print("the attested key, untested", () => AttestedPublicKey.Open(attested).Dispose());
        Print("AES-256 key under RSA-OAEP, 32 bytes under AES key wrap", () => WrapAlgorithm.CkmRsaAesKeyWrap.Wrap(wrapping, kek));
        Print("a JWS of 2 KB", () => signer.Sign(header, payload));
    }

    /// <summary>What the service keeps, in its own database on disk.</summary>
    private static async Task StorageAsync()
    {
        var folder = Directory.CreateTempSubdirectory("cove-bench-");
        try
        {
            var file = Path.Combine(folder.FullName, "master.key");
            PrivateFile.Write(file, RandomNumberGenerator.GetBytes(MasterKey.Length));
            using var master = MasterKey.Load(file);
            var now = TimeProvider.System.GetUtcNow();
            var id = new KeyId("k", new string('0', 32));
            var entry = new AuditEntry("release", id.ToString(), "workload", Guid.NewGuid().ToString(), []);
            await using (var database = Database.Open(Path.Combine(folder.FullName, "keys.db"), KeySchema.Sqlite))
            {
                var audit = new AuditLog(database, TimeProvider.System);
                var store = new KeyStore(database, audit, TimeProvider.System);
                var key = new StoredKey
                {
                    Id = id,
                    KeyType = "oct-HSM",
                    PublicJwk = null,
                    Tags = null,
                    SealedMaterial = master.Seal(new byte[32], StoredKey.PlaceOf(id)),
                    KeyOperations = ["encrypt"],
                    Attributes = new() { Created = now, Updated = now, Exportable = true },
                    Policy = new(Policy(), false, "application/json"),
                };
                await store.AddAsync(key, entry, CancellationToken.None);
                Print("the key's row", () => store.Find(new("k")));
                Print("the secret opened", () => CryptographicOperations.ZeroMemory(master.Open(key.SealedMaterial, StoredKey.PlaceOf(id))));
                Print("64 audit records at once, on disk", () => Task.WaitAll(Enumerable.Range(0, ServiceLoad.Clients).Select(_ => audit.AppendAsync(entry, CancellationToken.None)).ToArray()));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Print(string what, Action once) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    {what,-60} {1e6 / Measure(once),8:F1} µs"));

    private static void RsaOperations(RSA authority, RSA attested, RSA server)
    {
        var signature = server.SignData("release"u8, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        // The verification of a wrong signature costs what that of a right one does.
        if (authority.VerifyData("release"u8, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)) throw new InvalidOperationException("another key verified");
        attested.Encrypt(signature.AsSpan(0, 32), RSAEncryptionPadding.OaepSHA1);
    }

    private static void Release(TokenValidator validator, string token, byte[] secret, Jwk? publicKey, ReleaseSigner signer)
    {
        var now = TimeProvider.System.GetUtcNow();
        var attributes = new KeyAttributes { Created = now, Updated = now, Exportable = true };
        var policy = KeyReleasePolicy.Parse(Policy());
        var key = new ReleasableKey(new("k", new string('0', 32)), attributes, policy, () => KeyMaterial.Adopt([.. secret]));
        if (!validator.Validate(token).IsAccepted(out var attestation, out _) || !new KeyReleaser(_ => key, TimeProvider.System).Release(attestation, key.Id).IsAccepted(out var wrapped, out _))
            throw new InvalidOperationException("the benchmark's release was denied");
        signer.Sign(new()
        {
            ApiVersion = "7.4",
            RequestedUrl = "https://localhost/keys/k",
            KeyUrl = $"https://localhost/keys/{key.Id}",
            KeyType = publicKey is null ? "oct-HSM" : "RSA-HSM",
            KeyOperations = ["encrypt", "decrypt"],
            PublicKey = publicKey,
            Attributes = attributes,
            PolicyData = Policy(),
            Key = wrapped,
        });
    }

    private static double Measure(Action operation)
    {
        // Long enough to be compiled for speed, which takes thirty calls and the time in which nothing else is compiled.
        for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < 3 * Duration;) operation();
        var (count, start) = (0, Environment.CpuUsage.TotalTime);
        // Processor time, so that a busy machine does not make the figure worse, nor a second core better.
        while (Environment.CpuUsage.TotalTime - start < Duration)
        {
            operation();
            count++;
        }

        return count / (Environment.CpuUsage.TotalTime - start).TotalSeconds;
    }

    private static string Token(RSA authority, RSA workload)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = Authority,
            ["iat"] = now,
            ["exp"] = now + 3600,
            ["x-ms-attestation-type"] = "sevsnpvm",
            ["x-ms-sevsnpvm-hostdata"] = new string('a', 64),
            ["x-ms-runtime"] = new JsonObject { ["keys"] = new JsonArray(JsonNode.Parse(RsaJwk.FromRsa(workload, false, keyId: "w", keyOperations: ["encrypt"]).ToJson(false))) },
        };
        using var signer = new JwsSigner(RSA.Create(authority.ExportParameters(true)), JwsAlgorithm.RS256);
        return signer.Sign(new JwsHeader { Algorithm = "RS256", KeyId = "a" }, Encoding.UTF8.GetBytes(claims.ToJsonString()));
    }

    private static byte[] Policy() => Encoding.UTF8.GetBytes($$"""{"version":"1.0.0","anyOf":[{"authority":"{{Authority}}","allOf":[{"claim":"x-ms-attestation-type","equals":"sevsnpvm"},{"claim":"x-ms-sevsnpvm-hostdata","equals":"{{new string('a', 64)}}"}]}]}""");
}
