using System.Security.Cryptography;
using Cove.Cli.Development;
using Cove.Cli.Vault;
using Cove.Formats.Jose;

namespace Cove.Cli.Projects;

/// <summary>The owner's part of a project: keys released only to this group, and files sealed under them.</summary>
/// <param name="call">The command's call.</param>
/// <param name="project">The project.</param>
/// <param name="volumes">Its volumes.</param>
/// <param name="folder">The development identity.</param>
/// <param name="services">The development services.</param>
/// <param name="measurement">The launch measurement of the group's machine, hex; null for a group that is a process.</param>
internal sealed class ProjectKeys(Invocation call, Project project, ProjectVolumes volumes, DevelopmentFolder folder, ServiceState services, string? measurement)
{
    private const string ThisGroup = "this-group";
    private const string OfVolume = "volume";
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(10);

    /// <summary>Makes sure that the project's keys are there with a release policy for this policy hash, and seals its files under them.</summary>
    /// <returns>Ciphertexts by parameter name.</returns>
    public async Task<IReadOnlyDictionary<string, byte[]>> PrepareAsync(string policyHash, CancellationToken cancellation)
    {
        var values = new Dictionary<string, byte[]>();
        if (project.File.Keys.Count == 0) return values;
        using var client = Client();
        var keys = new Dictionary<string, RsaJwk>();
        await ImportAsync(client, policyHash, cancellation);
        foreach (var (name, key) in project.File.Keys.Where(pair => pair.Value.Kind != OfVolume))
        {
            keys[name] = await EnsureAsync(client, name, key, policyHash, cancellation);
            call.Terminal.Step("key", $"{name} at the key service, to be released to policy {policyHash[..12]}… only");
        }

        foreach (var (parameter, source) in project.File.Parameters.Where(pair => pair.Value.From == ParameterSource.Sealed))
            values[parameter] = await SealAsync(source, keys, cancellation);
        return values;
    }

    /// <summary>Gives the volumes' keys to the key service, unless it has them with the release policy wanted.</summary>
    private async Task ImportAsync(KeyServiceClient client, string policyHash, CancellationToken cancellation)
    {
        var keys = await volumes.KeysAsync(cancellation);
        try
        {
            foreach (var (name, key) in project.File.Keys.Where(pair => pair.Value.Kind == OfVolume))
            {
                if (!keys.TryGetValue(name, out var secret)) throw CommandFailedException.Usage("volume-key-unused", $"key {name} in {ProjectFile.Name} is of kind volume, and no volume has it");
                RequireThisGroup(name, key);
                var policy = ReleasePolicyText.ForHostData(policyHash, services.AttestationUrl, measurement);
                await volumes.GiveAsync(client, name, secret, policy, cancellation);
                call.Terminal.Step("key", $"{name} at the key service, to be released to policy {policyHash[..12]}… only");
            }
        }
        finally
        {
            foreach (var key in keys.Values) key.Dispose();
        }
    }

    private static void RequireThisGroup(string name, ProjectKey key)
    {
        if (key.ReleaseTo != ThisGroup)
            throw CommandFailedException.Usage("release-unknown", $"key {name} in {ProjectFile.Name} is to be released to {key.ReleaseTo}", $"\"releaseTo\": \"{ThisGroup}\"");
    }

    private KeyServiceClient Client()
    {
        using var signer = folder.IdentitySigner();
        var issuer = new AccessTokenIssuer(signer, DevelopmentFolder.KeyId, DevelopmentFolder.IdentityIssuer, call.Time);
        var token = issuer.Mint(services.KeyUrl.AbsoluteUri.TrimEnd('/'), "owner", ["key-owner"], TokenLifetime);
        return new KeyServiceClient(call.Http(folder.TrustingHandler), services.KeyUrl, token);
    }

    /// <summary>The present version where its release policy is the one wanted; otherwise a new one.</summary>
    private async Task<RsaJwk> EnsureAsync(KeyServiceClient client, string name, ProjectKey key, string policyHash, CancellationToken cancellation)
    {
        RequireThisGroup(name, key);
        var policy = ReleasePolicyText.ForHostData(policyHash, services.AttestationUrl, measurement);
        var bundle = await client.Find(name, cancellation);
        if (bundle?.ReleasePolicy is not { } present || !ReleasePolicyText.SameAs(present, policy))
            bundle = await client.Create(name, KeyRequests.Create(KeyKind.Parse(key.Kind), policy), cancellation);
        return bundle.RsaPublicKey
            ?? throw CommandFailedException.Usage("key-not-rsa", $"key {name} is not an RSA key, and files are sealed under RSA keys only", "\"kind\": \"rsa-3072\"");
    }

    private async Task<byte[]> SealAsync(ProjectParameter source, Dictionary<string, RsaJwk> keys, CancellationToken cancellation)
    {
        if (source is not { File: { } file, Key: { } name } || !keys.TryGetValue(name, out var key))
            throw CommandFailedException.Usage("seal-incomplete", $"a sealed parameter in {ProjectFile.Name} names no file or no key of the project", "\"file\": \"note.txt\", \"key\": \"NAME\"");
        var path = Path.Combine(project.Folder, file);
        var plain = await call.Read(path, MaxSealed(key), cancellation);
        try
        {
            using var rsa = key.CreateRsa();
            return rsa.Encrypt(plain, RSAEncryptionPadding.OaepSHA256);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>RSA-OAEP with SHA-256 leaves this much of the modulus for the message (RFC 8017 §7.1.1).</summary>
    private static int MaxSealed(RsaJwk key) => (key.Bits / 8) - (2 * SHA256.HashSizeInBytes) - 2;
}
