using System.Security.Cryptography;
using System.Text.Json;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Cli.Vault;

/// <summary>A key as its service shows it: the public part, what it may do, and to whom it is released.</summary>
/// <param name="Id">With version, as a URL.</param>
/// <param name="Name">Its name.</param>
/// <param name="KeyType"><c>RSA</c>, <c>EC</c> or <c>oct</c>, with <c>-HSM</c> where it is held by a module.</param>
/// <param name="Detail">Size or curve; null for a symmetric key.</param>
/// <param name="Operations">What it may be used for.</param>
/// <param name="Enabled">Whether it may be used.</param>
/// <param name="Exportable">Whether it can be released at all.</param>
/// <param name="Created">When this version was made.</param>
/// <param name="ReleasePolicy">The policy that evidence must satisfy, as a JSON document; null where the key is never released.</param>
internal sealed record KeyBundle(
    string Id, string Name, string KeyType, string? Detail, IReadOnlyList<string> Operations, bool Enabled, bool Exportable, DateTimeOffset? Created, JsonElement? ReleasePolicy)
{
    private RSAParameters? Rsa { get; init; }

    /// <summary>The public part of an RSA key; null for other keys.</summary>
    /// <exception cref="MalformedException">No key of a size that can be trusted.</exception>
    public RsaJwk? RsaPublicKey => Rsa is { } parameters ? RsaJwk.FromParameters(parameters) : null;

    private const string Format = "key bundle";
    private const int MaximumPolicy = 64 * 1024;

    public static KeyBundle Read(JsonElement bundle)
    {
        if (!bundle.TryGetProperty("key", out var key) || key.ValueKind != JsonValueKind.Object) throw new MalformedException(Format, "key", "is missing");
        var id = StrictJson.RequiredString(key, "kid", Format);
        var detail = StrictJson.OptionalString(key, "crv", Format) ?? (StrictJson.OptionalBytes(key, "n", Format) is { } n ? $"{n.AsSpan().TrimStart((byte)0).Length * 8} bits" : null);
        return new(
            id,
            NameIn(id),
            StrictJson.RequiredString(key, "kty", Format),
            detail,
            StrictJson.OptionalStrings(key, "key_ops", Format, 16) ?? [],
            Flag(bundle, "enabled"),
            Flag(bundle, "exportable"),
            Time(bundle, "created"),
            Policy(bundle))
        {
            Rsa = StrictJson.OptionalBytes(key, "n", Format) is { } modulus
                ? new RSAParameters { Modulus = modulus, Exponent = StrictJson.RequiredBytes(key, "e", Format) }
                : null,
        };
    }

    /// <summary>The name in <c>https://host/keys/NAME[/VERSION]</c>.</summary>
    public static string NameIn(string id) =>
        Uri.TryCreate(id, UriKind.Absolute, out var url) && url.Segments is [_, _, var name, ..] ? Uri.UnescapeDataString(name.TrimEnd('/')) : id;

    public static bool Flag(JsonElement owner, string name) =>
        owner.TryGetProperty("attributes", out var attributes) && attributes.ValueKind == JsonValueKind.Object && attributes.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    public static DateTimeOffset? Time(JsonElement owner, string name) =>
        owner.TryGetProperty("attributes", out var attributes) && attributes.ValueKind == JsonValueKind.Object && attributes.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds) && seconds is >= 0 and <= 253402300799
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    private static JsonElement? Policy(JsonElement bundle)
    {
        if (!bundle.TryGetProperty("release_policy", out var policy) || policy.ValueKind != JsonValueKind.Object) return null;
        using var document = StrictJson.ParseObject(StrictJson.RequiredBytes(policy, "data", Format), "release policy", MaximumPolicy);
        return document.RootElement.Clone();
    }
}
