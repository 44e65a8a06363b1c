using System.Text.Json;
using Cove.Formats.Der;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Attestation.Maa.Policies;

/// <summary>
/// The request to let another certificate's key sign policies, or no longer: a JWT that names the certificate, signed by a key that may sign
/// policies already. The signature holds; whether that key may, is for the service to say.
/// </summary>
/// <param name="Certificate">The certificate to add or remove.</param>
/// <param name="Signer">The certificate of the key that asks.</param>
public sealed record PolicyCertificateChange(Certificate Certificate, Certificate Signer)
{
    /// <summary>Longest request, in characters.</summary>
    public const int MaximumLength = CompactJws.MaximumLength;

    private const string Format = "policy certificate request";

    // The name of today's clients, and those of older ones.
    private static readonly string[] Members = ["policyCertificate", "maa-policyCertificate", "aas-policyCertificate", "x-ms-policyCertificate"];

    /// <summary>Parses a request: the JWT, or the JWT as a JSON string, which is how some clients send it.</summary>
    /// <exception cref="MalformedException">It is not one, it is not signed, or it names no certificate.</exception>
    public static PolicyCertificateChange Parse(string text)
    {
        var jws = OwnerJws.Parse(Unquote(text), Format);
        if (jws.SignerCertificate is not { } signer) throw new MalformedException(Format, "signature", "is missing: a key that may sign policies signs it");
        using var document = StrictJson.ParseObject(jws.Payload, Format, MaximumLength);
        foreach (var name in Members)
        {
            if (!document.RootElement.TryGetProperty(name, out var key)) continue;
            if (key.ValueKind != JsonValueKind.Object) throw new MalformedException(Format, name, "is not a JSON Web Key");
            return new PolicyCertificateChange(ReadCertificate(key, name), signer);
        }

        throw new MalformedException(Format, Members[0], "is missing");
    }

    // The key itself may be left out; the certificate has it.
    private static Certificate ReadCertificate(JsonElement key, string name)
    {
        if (StrictJson.OptionalStrings(key, "x5c", Format, maximum: 10) is not [var leaf, ..]) throw new MalformedException(Format, name, "has no x5c");
        var der = new byte[leaf.Length];
        return Convert.TryFromBase64String(leaf, der, out var length)
            ? Certificate.Parse(der.AsSpan(0, length))
            : throw new MalformedException(Format, "x5c", "holds an entry that is not base64");
    }

    private static string Unquote(string text)
    {
        if (!text.StartsWith('"')) return text;
        try
        {
            using var quoted = JsonDocument.Parse(text);
            return quoted.RootElement.GetString()!;
        }
        catch (JsonException bad)
        {
            throw new MalformedException(Format, "text", "is neither a JWT nor a JSON string", inner: bad);
        }
    }
}
