using System.Text.Json;
using Cove.Formats.Jose;
using Cove.Keys.Vault;
using Cove.Keys.Wrapping;
using Cove.Outcomes;

namespace Cove.Keys.Release;

/// <summary>
/// A vault's answer to a release, as a workload receives it: <c>Parse</c>, then <see cref="Verify"/> who signed it, then
/// <see cref="VerifiedRelease.Open"/> with the key that was attested.
/// </summary>
public sealed class ReleaseAnswer
{
    internal const string Format = "released key";
    private const int MaximumLength = 256 * 1024;
    private readonly CompactJws _jws;

    private ReleaseAnswer(CompactJws jws) => _jws = jws;

    /// <summary>Reads the body of the HTTP answer, <c>{"value":"JWS"}</c>.</summary>
    /// <exception cref="MalformedException">It is not that.</exception>
    public static ReleaseAnswer ParseBody(ReadOnlyMemory<byte> utf8)
    {
        using var document = StrictJson.ParseObject(utf8, Format, MaximumLength);
        return Parse(StrictJson.RequiredString(document.RootElement, "value", Format));
    }

    /// <summary>Reads the JWS.</summary>
    /// <exception cref="MalformedException">It is not a compact JWS.</exception>
    public static ReleaseAnswer Parse(string jws) => new(CompactJws.Parse(jws));

    /// <summary>Verifies that a trusted vault signed the answer and that it answers this request.</summary>
    /// <param name="trust">Whom to take keys from.</param>
    /// <param name="requested">The key that was asked for.</param>
    /// <param name="now">The time of verification.</param>
    /// <exception cref="MalformedException">The certificates or the payload cannot be read.</exception>
    public Verdict<VerifiedRelease> Verify(ReleaseTrust trust, KeyId requested, DateTimeOffset now)
    {
        if (!trust.Verify(_jws.Header, now).IsAccepted(out var signer, out var findings)) return new Verdict<VerifiedRelease>.Rejected(findings);
        if (!_jws.Verify(signer).IsAccepted(out var verified, out findings)) return new Verdict<VerifiedRelease>.Rejected(findings);
        var release = Read(verified.Payload);
        return requested.Covers(release.KeyId) ? release
            : new Finding("release-of-another-key", "kid", requested.ToString(), release.KeyId.ToString());
    }

    private static VerifiedRelease Read(ReadOnlyMemory<byte> payload)
    {
        using var document = StrictJson.ParseObject(payload, Format, CompactJws.MaximumLength);
        var request = Member(document.RootElement, "request");
        var bundle = Member(Member(document.RootElement, "response"), "key");
        var key = Member(bundle, "key");
        var wrapped = KeyHsmBlob.Parse(StrictJson.RequiredBytes(key, "key_hsm", Format));
        var enc = StrictJson.RequiredString(request, "enc", Format);
        if (enc != wrapped.Algorithm.Name) throw new MalformedException(Format, "enc", $"is {enc} in the request and {wrapped.Algorithm} in key_hsm");
        var keyType = StrictJson.RequiredString(key, "kty", Format);
        var numbers = (StrictJson.OptionalBytes(key, "n", Format) ?? StrictJson.OptionalBytes(key, "x", Format),
            StrictJson.OptionalBytes(key, "y", Format));
        return new(numbers, wrapped)
        {
            KeyId = KeyId.ParseUrl(StrictJson.RequiredString(key, "kid", Format)),
            Nonce = StrictJson.OptionalString(request, "nonce", Format),
            KeyType = keyType switch
            {
                "RSA" or "RSA-HSM" => "RSA",
                "EC" or "EC-HSM" => "EC",
                "oct" or "oct-HSM" => "oct",
                _ => throw new MalformedException(Format, "kty", $"is {keyType}, expected RSA, EC or oct, each with or without -HSM"),
            },
            KeyOperations = StrictJson.OptionalStrings(key, "key_ops", Format, VerifiedRelease.MaximumKeyOperations) ?? [],
        };
    }

    private static JsonElement Member(JsonElement owner, string name)
        => owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value
            : throw new MalformedException(Format, name, "is not an object");
}
