using System.Text.Json;
using Cove.Formats.Jose;
using Cove.Keys.Release;
using Cove.Keys.Vault;
using Cove.Outcomes;
using Cove.Sidecar.GoText;
using Cove.Sidecar.Http;

namespace Cove.Sidecar.Release;

/// <summary>Verifies a vault's answer, and says what is wrong with it in the words that clients of the reference know.</summary>
internal static class ReleaseVerification
{
    private const string UnsupportedType = "released key type";

    /// <summary>Whether the vault did release the key, and it is of a kind that cannot be handed on.</summary>
    public static bool IsUnsupportedType(SkrFailureException failure) => failure.Message.StartsWith(UnsupportedType, StringComparison.Ordinal);

    /// <exception cref="SkrFailureException">The answer is not this vault's answer to this request.</exception>
    public static VerifiedRelease Verify(string answer, ReleaseTrust trust, ServiceEndpoint vault, KeyId key, DateTimeOffset now)
    {
        var parsed = Parse(answer);
        try
        {
            return parsed.Verify(trust, key, now).IsAccepted(out var release, out var findings)
                ? release
                : throw new SkrFailureException(Words(findings, vault));
        }
        catch (MalformedException e) when (e.Field == "kty")
        {
            // The payload's members are read once its signature is verified, so its own word for the type can be told.
            throw SkrFailureException.InWords($"{UnsupportedType} {KeyType(answer)} not supported", e);
        }
        catch (MalformedException e)
        {
            throw new SkrFailureException("unmarshalling jws response payload failed", e);
        }
    }

    private static ReleaseAnswer Parse(string answer)
    {
        try
        {
            return ReleaseAnswer.Parse(answer);
        }
        catch (MalformedException e)
        {
            throw new SkrFailureException("jws token validation failed", e);
        }
    }

    private static string Words(IReadOnlyList<Finding> findings, ServiceEndpoint vault)
    {
        var signature = findings.FirstOrDefault(f => f.Code.StartsWith("jws-", StringComparison.Ordinal));
        if (signature is not null)
        {
            var why = signature.Code == "jws-signature-invalid" ? "crypto/rsa: verification error" : signature.ToString();
            return $"jws token verification failed: failed to verify message: {why}";
        }

        var chain = findings.FirstOrDefault(f => f.Field == "x5c");
        if (chain is null) return string.Join("; ", findings);
        return "verification of leaf's certificate chain failed: x509: " + (chain.Code, chain.Actual) switch
        {
            ("release-host-mismatch", _) => $"certificate is not valid for {vault.Host}",
            ("release-chain-untrusted", "NotTimeValid") => "certificate has expired or is not yet valid",
            ("release-chain-untrusted", "PartialChain" or "UntrustedRoot") => "certificate signed by unknown authority",
            ("release-chain-untrusted", "NotValidForUsage") => "certificate specifies an incompatible key usage",
            _ => chain.ToString(),
        };
    }

    private static string KeyType(string answer)
    {
        using var payload = JsonDocument.Parse(CompactJws.Parse(answer).UnverifiedPayload);
        return payload.RootElement.Member("response").Member("key").Member("key").Text("kty");
    }
}
