using System.Security.Cryptography;
using Cove.Formats.Jose;
using Cove.Hosting.Storage;
using Cove.KeyService.Access;
using Cove.KeyService.Audit;
using Cove.KeyService.Storage;
using Cove.Keys.Vault;
using Cove.Keys.Wrapping;

namespace Cove.KeyService.Api;

/// <summary>New keys and versions: made here, or imported.</summary>
internal sealed class KeyCreation(KeyStore store, MasterKey master, KeyBundles bundles, VaultDialect dialect, TimeProvider clock)
{
    private const int MaximumBody = 128 * 1024;
    private const int VersionBytes = 16;

    /// <summary>An id with a fresh random version.</summary>
    public static KeyId NewVersion(string name) => new(name, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(VersionBytes)));

    /// <summary>POST /keys/{name}/create.</summary>
    public async Task CreateAsync(KeyCall call, string name)
    {
        call.Require(DataAction.CreateKey, name);
        using var body = RequestJson.Parse(await call.ReadAsync(MaximumBody), MaximumBody);
        var request = new RequestJson(body.RootElement);
        var keyType = TypeOf(request.RequiredText("kty"));
        using var secret = KeyGeneration.Generate(keyType, request.Number("key_size"), request.Text("crv") ?? request.Text("curve"),
            request.Number("public_exponent"));
        await AddAsync(call, "create", name, keyType, secret, request.Texts("key_ops"), request);
    }

    /// <summary>PUT /keys/{name}.</summary>
    public async Task ImportAsync(KeyCall call, string name)
    {
        call.Require(DataAction.ImportKey, name);
        var bytes = await call.ReadAsync(MaximumBody);
        try
        {
            using var body = RequestJson.Parse(bytes, MaximumBody);
            var request = new RequestJson(body.RootElement);
            var jwk = request.Object("key") ?? throw KeyErrors.BadParameter("key is required.");
            var keyType = TypeOf(jwk.RequiredText("kty"));
            if (request.Flag("Hsm") == true && !keyType.EndsWith("-HSM", StringComparison.Ordinal)) keyType += "-HSM";
            using var secret = KeyGeneration.Import(keyType, jwk);
            await AddAsync(call, "import", name, keyType, secret, jwk.Texts("key_ops"), request);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private async Task AddAsync(KeyCall call, string operation, string name, string keyType, Jwk secret, IReadOnlyList<string>? operations,
        RequestJson request)
    {
        var id = NewVersion(name);
        var attributes = KeyRules.NewAttributes(request.Object("attributes"),
            DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds()));
        var policy = KeyRules.Policy(request.Object("release_policy"), dialect);
        KeyRules.CheckExportable(attributes, policy, keyType, dialect);
        using var material = KeyMaterial.Of(secret);
        var key = await store.AddAsync(
            new()
            {
                Id = id,
                KeyType = keyType,
                PublicJwk = secret is OctJwk ? null : secret.ToJson(includePrivate: false),
                SealedMaterial = master.Seal(material.Bytes, StoredKey.PlaceOf(id)),
                KeyOperations = KeyOperations.Choose(operations, keyType),
                Attributes = attributes,
                Tags = KeyRules.Tags(request.Map("tags")),
                Policy = policy,
            },
            new AuditEntry(operation, id.ToString(), call.Caller.Subject, call.RequestId, []),
            call.Aborted);
        await call.AnswerAsync(bundles.Bundle(key));
    }

    /// <summary>The vault's type for the requested one: a managed HSM holds everything in its module.</summary>
    private string TypeOf(string requested)
    {
        if (requested is not ("RSA" or "RSA-HSM" or "EC" or "EC-HSM" or "oct" or "oct-HSM"))
            throw KeyErrors.BadParameter($"kty {requested} is not supported: RSA, EC, oct, each with or without -HSM.");
        return dialect.IsManagedHsm && !requested.EndsWith("-HSM", StringComparison.Ordinal) ? requested + "-HSM" : requested;
    }
}
