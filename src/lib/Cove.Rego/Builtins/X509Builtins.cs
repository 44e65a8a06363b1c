using System.Security.Cryptography;
using Cove.Rego.Certificates;
using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

/// <summary>Certificates, requests and private keys. Chains are verified against the certificates given, never against the machine's.</summary>
internal static class X509Builtins
{
    private const string PemStart = "-----BEGIN";
    private static readonly RegoArray Unverified = RegoArray.Of(RegoValue.False, RegoArray.Empty);

    private static readonly string[] Purposes =
    [
        "KeyUsageAny", "KeyUsageServerAuth", "KeyUsageClientAuth", "KeyUsageCodeSigning", "KeyUsageEmailProtection", "KeyUsageIPSECEndSystem",
        "KeyUsageIPSECTunnel", "KeyUsageIPSECUser", "KeyUsageTimeStamping", "KeyUsageOCSPSigning", "KeyUsageMicrosoftServerGatedCrypto",
        "KeyUsageNetscapeServerGatedCrypto", "KeyUsageMicrosoftCommercialCodeSigning", "KeyUsageMicrosoftKernelCodeSigning",
    ];

    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("crypto.x509.parse_certificates", "(str) -> array[object[str: any]]") { One = Guard(Parse) },
        new("crypto.x509.parse_and_verify_certificates", "(str) -> array<bool, array[object[str: any]]>") { One = static (c, a) => Verify(c, a, null) },
        new("crypto.x509.parse_and_verify_certificates_with_options", "(str, object[str: any]) -> array<bool, array[object[str: any]]>") { Two = Verify },
        new("crypto.x509.parse_certificate_request", "(str) -> object[str: any]") { One = Guard(ParseRequest) },
        new("crypto.x509.parse_keypair", "(str, str) -> object[str: any]") { Two = ParsePair },
        new("crypto.x509.parse_rsa_private_key", "(str) -> object[str: any]") { One = Guard(ParseKey) },
        new("crypto.parse_private_keys", "(str) -> array[object[str: any]]") { One = Guard(ParseKeys) },
    ];

    private static Func<EvaluationContext, RegoValue, RegoValue?> Guard(Func<string, RegoValue> read) => (context, value) =>
    {
        if (!Operands.Text(context, value, 1, out var text)) return null;
        context.CheckSize(text.Length);
        try
        {
            return read(text);
        }
        catch (X509Exception error)
        {
            return context.Fail(error.Message);
        }
    };

    private static byte[] Base64(string text)
    {
        var wrong = EncodingBuiltins.TryBase64(text, url: false, out var bytes);
        return wrong < 0 ? bytes : throw new X509Exception($"illegal base64 data at input byte {wrong}");
    }

    /// <summary>The PEM blocks of a text; what stands between them is passed over.</summary>
    private static IEnumerable<(string Label, byte[] Der)> Blocks(string text)
    {
        while (PemEncoding.TryFind(text, out var fields))
        {
            yield return (text[fields.Label], Convert.FromBase64String(text[fields.Base64Data]));
            text = text[fields.Location.End..];
        }
    }

    private static List<X509Certificate> Certificates(string text)
    {
        if (!text.StartsWith(PemStart, StringComparison.Ordinal))
        {
            var bytes = Base64(text);
            if (!bytes.AsSpan().StartsWith("-----BEGIN"u8)) return X509Certificate.ReadAll(bytes);
            text = ByteText.FromBytes(bytes);
        }

        var certificates = new List<X509Certificate>();
        foreach (var (label, der) in Blocks(text))
        {
            if (label != "CERTIFICATE") throw new X509Exception($"PEM block type is '{label}', expected CERTIFICATE");
            certificates.AddRange(X509Certificate.ReadAll(der));
        }

        return certificates;
    }

    private static RegoArray Parse(string text) => new([.. Certificates(text).Select(static c => X509Json.Write(c, withUriTexts: true))]);

    private static RegoValue? Verify(EvaluationContext context, RegoValue value, RegoValue? options)
    {
        if (!Operands.Text(context, value, 1, out var text)) return null;
        var fields = RegoObject.Empty;
        if (options is not null && !Operands.Object(context, options, 2, out fields)) return null;
        context.CheckSize(text.Length);
        List<X509Certificate> certificates;
        try
        {
            certificates = Certificates(text);
        }
        catch (X509Exception)
        {
            return Unverified;
        }

        if (Demands(context, fields) is not { } demands) return null;
        if (certificates.Count < 2) return Unverified;
        var chain = new X509Chain(certificates[0], certificates[1..^1], demands).From(certificates[^1]);
        return chain is null ? Unverified : RegoArray.Of(RegoValue.True, new RegoArray([.. chain.Select(c => X509Json.Write(c, withUriTexts: options is null))]));
    }

    private static X509Demands? Demands(EvaluationContext context, RegoObject options)
    {
        var moment = ((RegoNumber)context.Now).Int64;
        var (host, purposes) = ("", new List<int>());
        foreach (var (key, value) in options.Entries())
        {
            string? problem = null;
            switch ((key as RegoString)?.Text)
            {
                case "DNSName":
                    if (value is RegoString name) host = name.Text.Trim('"');
                    else problem = "'DNSName' should be a string";
                    break;
                case "CurrentTime":
                    if (value is RegoNumber { IsInt64: true } time) moment = time.Int64;
                    else problem = value is RegoNumber ? "'CurrentTime' should be a valid int64 number" : "'CurrentTime' should be a number";
                    break;
                case "MaxConstraintComparisons":
                    if (value is not RegoNumber { IsInt64: true })
                        problem = value is RegoNumber ? "'MaxConstraintComparisons' should be a valid number" : "'MaxConstraintComparisons' should be a number";
                    break;
                case "KeyUsages":
                    problem = ReadPurposes(value, purposes);
                    break;
                case null:
                    break;
                default:
                    problem = "invalid key option";
                    break;
            }

            if (problem is null) continue;
            context.Fail(problem);
            return null;
        }

        if (purposes.Count == 0) purposes.Add(1);
        return new X509Demands(DateTimeOffset.UnixEpoch.AddTicks(moment / 100), host, purposes);
    }

    private static string? ReadPurposes(RegoValue value, List<int> purposes)
    {
        var items = value switch
        {
            RegoArray array => array.Items,
            RegoSet set => set.Sorted,
            _ => null,
        };
        if (items is null) return "'KeyUsages' should be an Array or Set";
        var unknown = new List<string>();
        foreach (var item in items.OfType<RegoString>())
        {
            var number = Array.IndexOf(Purposes, item.Text.Trim('"'));
            if (number >= 0) purposes.Add(number);
            else unknown.Add(item.Text.Trim('"'));
        }

        return unknown.Count == 0 ? null : $"invalid entries for 'KeyUsages' found: [{string.Join(' ', unknown)}]";
    }

    private static RegoObject ParseRequest(string text)
    {
        var isPem = text.StartsWith("-----BEGIN CERTIFICATE REQUEST-----", StringComparison.Ordinal);
        var bytes = isPem ? ByteText.ToBytes(text) : Base64(text);
        foreach (var (label, der) in Blocks(ByteText.FromBytes(bytes)).Take(1))
        {
            if (label != "CERTIFICATE REQUEST") throw new X509Exception("invalid PEM-encoded certificate signing request");
            bytes = der;
        }

        return X509Json.Write(X509Request.Read(bytes));
    }

    private static RegoValue ParseKey(string text)
    {
        if (text.Length == 0) throw new X509Exception("input PEM data was empty");
        if (!text.StartsWith(PemStart, StringComparison.Ordinal)) text = ByteText.FromBytes(Base64(text));
        foreach (var (label, der) in Blocks(text))
        {
            using var key = X509PrivateKey.Read(label, der);
            if (key is not null) return key.WriteJwk();
        }

        return RegoValue.Null;
    }

    private static RegoValue ParseKeys(string text)
    {
        if (text.Length == 0) return RegoValue.Null;
        if (EncodingBuiltins.TryBase64(text, url: false, out var bytes) < 0) text = ByteText.FromBytes(bytes);
        var keys = new List<RegoValue>();
        foreach (var (label, der) in Blocks(text))
        {
            using var key = X509PrivateKey.Read(label, der);
            if (key is not null) keys.Add(key.Write());
        }

        return new RegoArray([.. keys]);
    }

    private static RegoValue? ParsePair(EvaluationContext context, RegoValue certificate, RegoValue key)
    {
        if (!Operands.Text(context, certificate, 1, out var text) || !Operands.Text(context, key, 1, out var secret)) return null;
        context.CheckSize(text.Length + secret.Length);
        try
        {
            return Pair(text, secret);
        }
        catch (X509Exception error)
        {
            return context.Fail(error.Message);
        }
    }

    private static RegoObject Pair(string text, string secret)
    {
        var chain = PemOrDer(text, "CERTIFICATE").Where(static b => b.Label == "CERTIFICATE").Select(static b => b.Der).ToList();
        if (chain.Count == 0) throw new X509Exception("tls: failed to find any PEM data in certificate input");
        var leaf = X509Certificate.ReadAll(chain[0])[0];
        foreach (var (label, der) in PemOrDer(secret, "PRIVATE KEY"))
        {
            using var key = X509PrivateKey.Read(label, der);
            if (key is null) continue;
            if (!key.Fits(leaf.PublicKey)) throw new X509Exception("tls: private key does not match public key");
            return RegoObject.Of(
                ("Certificate", new RegoArray([.. chain.Select(X509Json.Bytes)])), ("PrivateKey", key.Write()), ("Leaf", X509Json.Write(leaf, withUriTexts: false)),
                ("OCSPStaple", RegoValue.Null), ("SignedCertificateTimestamps", RegoValue.Null), ("SupportedSignatureAlgorithms", RegoValue.Null));
        }

        throw new X509Exception("tls: failed to find any PEM data in key input");
    }

    private static IEnumerable<(string Label, byte[] Der)> PemOrDer(string text, string label)
    {
        if (text.StartsWith("-----BEGIN ", StringComparison.Ordinal)) return Blocks(text);
        var bytes = Base64(text);
        return bytes.AsSpan().StartsWith("-----BEGIN "u8) ? Blocks(ByteText.FromBytes(bytes)) : [(label, bytes)];
    }
}
