using System.Text;
using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

internal static partial class JwtBuiltins
{
    private static readonly string[] Algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "HS256", "HS384", "HS512", "EdDSA"];

    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("io.jwt.decode", "(str) -> array<obj, obj, str>") { One = Decode },
        new("io.jwt.decode_verify", "(str, object[str: any]) -> array<bool, obj, obj>") { Two = DecodeVerify },
        new("io.jwt.encode_sign", "(object[str: any], object[str: any], object[str: any]) -> str") { Many = EncodeSign },
        new("io.jwt.encode_sign_raw", "(str, str, str) -> str") { Many = EncodeSignRaw },
        .. Algorithms.Select(static algorithm => new BuiltinDefinition($"io.jwt.verify_{algorithm.ToLowerInvariant()}", "(str, str) -> bool")
        {
            Two = (c, token, key) => Verify(c, token, key, algorithm),
        }),
    ];

    private static bool Split(EvaluationContext context, RegoValue token, out string[] sections)
    {
        sections = [];
        if (!Operands.Text(context, token, 1, out var text)) return false;
        sections = text.Split('.');
        if (sections.Length == 3) return true;
        context.Fail(sections.Length == 1 ? "encoded JWT had no period separators" : $"encoded JWT must have 3 sections, found {sections.Length}");
        return false;
    }

    /// <summary>A section's bytes; what is wrong with it otherwise.</summary>
    private static byte[]? Bytes(string section, out string problem)
    {
        problem = "";
        var rest = section.Length % 4;
        if (rest == 1)
        {
            problem = $"illegal base64url string: {section}";
            return null;
        }

        var wrong = EncodingBuiltins.TryBase64(rest == 0 ? section : section + new string('=', 4 - rest), url: true, out var bytes);
        if (wrong < 0) return bytes;
        problem = $"illegal base64 data at input byte {wrong}";
        return null;
    }

    private static RegoValue? Json(EvaluationContext context, string name, byte[] bytes)
    {
        var text = ByteText.FromBytes(bytes);
        try
        {
            if (GoJson.Problem(text) is { } problem) return context.Fail($"JWT {name} had invalid encoding: {problem}");
            return RegoValue.FromJson(bytes);
        }
        catch (RegoJsonException error)
        {
            return context.Fail(error.Problem);
        }
    }

    private static bool Header(EvaluationContext context, string section, out RegoObject header)
    {
        header = RegoObject.Empty;
        if (Bytes(section, out var problem) is not { } bytes)
        {
            context.Fail($"JWT header had invalid encoding: {problem}");
            return false;
        }

        var value = Json(context, "header", bytes);
        if (value is null) return false;
        if (value is not RegoObject obj)
        {
            context.Fail("bad JWT header: decoded JSON type was not an Object");
            return false;
        }

        header = obj;
        if (obj["enc"] is null) return true;
        context.Fail("JWT is a JWE object, which is not supported");
        return false;
    }

    private static RegoValue? Decode(EvaluationContext context, RegoValue token)
    {
        if (!Split(context, token, out var sections) || !Header(context, sections[0], out var header)) return null;
        if (Bytes(sections[1], out var problem) is not { } payload) return context.Fail($"JWT payload had invalid encoding: {problem}");
        if (IsNested(header)) return Decode(context, Operands.Result(ByteText.FromBytes(payload).Trim('"')));
        if (Json(context, "payload", payload) is not { } claims) return null;
        if (claims is not RegoObject) return context.Fail("decoded JSON type was not an Object");
        if (Bytes(sections[2], out problem) is not { } signature) return context.Fail($"JWT signature had invalid encoding: {problem}");
        return RegoArray.Of(header, claims, Operands.Result(Convert.ToHexStringLower(signature)));
    }

    private static bool IsNested(RegoObject header) => header["cty"] is RegoString { Text: var type } && type.Equals("JWT", StringComparison.OrdinalIgnoreCase);

    private static RegoValue? Verify(EvaluationContext context, RegoValue token, RegoValue key, string algorithm)
    {
        if (!Split(context, token, out var sections) || !Operands.Text(context, key, 2, out var text)) return null;
        var keys = new List<JwtKey>();
        try
        {
            keys.AddRange(algorithm.StartsWith("HS", StringComparison.Ordinal) ? [JwtKey.FromSecret(ByteText.ToBytes(text))] : JwtKey.Read(text));
            if (Bytes(sections[2], out var problem) is not { } signature) return context.Fail(problem);
            var header = Bytes(sections[0], out _) is { } bytes && GoJson.Problem(ByteText.FromBytes(bytes)) is null ? RegoValue.FromJson(bytes) as RegoObject : null;
            return RegoValue.Of(AnyVerifies(keys, header, algorithm, Signed(sections), signature));
        }
        catch (Exception error) when (error is FormatException or System.Security.Cryptography.CryptographicException)
        {
            return context.Fail(error.Message);
        }
        finally
        {
            keys.ForEach(static k => k.Dispose());
        }
    }

    private static byte[] Signed(string[] sections) => Encoding.UTF8.GetBytes($"{sections[0]}.{sections[1]}");

    /// <summary>The key that the header names decides alone; otherwise any key for the algorithm may.</summary>
    private static bool AnyVerifies(List<JwtKey> keys, RegoObject? header, string algorithm, byte[] data, byte[] signature)
    {
        if (header?["kid"] is RegoString { Text: var id } && keys.Find(k => k.Id == id) is { } named) return named.Verify(algorithm, data, signature);
        return keys.Exists(k => (k.Algorithm is null || k.Algorithm == algorithm) && k.Verify(algorithm, data, signature));
    }

    private static RegoValue? EncodeSign(EvaluationContext context, RegoValue[] arguments)
    {
        if (!Operands.Object(context, arguments[0], 1, out var header) || !Operands.Object(context, arguments[1], 2, out var payload)) return null;
        if (!Operands.Object(context, arguments[2], 3, out var key)) return null;
        return Sign(context, JsonBuiltins.Marshal(header, null, ""), JsonBuiltins.Marshal(payload, null, ""), key);
    }

    private static RegoValue? EncodeSignRaw(EvaluationContext context, RegoValue[] arguments)
    {
        if (!Operands.Text(context, arguments[0], 1, out var header) || !Operands.Text(context, arguments[1], 2, out var payload)) return null;
        if (!Operands.Text(context, arguments[2], 3, out var key)) return null;
        if (GoJson.Problem(key) is not null || RegoValue.FromJson(ByteText.ToBytes(key)) is not RegoObject jwk) return context.Fail("failed to parse a JWK key");
        return Sign(context, header, payload, jwk);
    }

    private static RegoValue? Sign(EvaluationContext context, string header, string payload, RegoObject jwk)
    {
        var parsed = GoJson.Problem(header) is null ? RegoValue.FromJson(ByteText.ToBytes(header)) as RegoObject : null;
        if (parsed is null && header.StartsWith('{'))
            return context.Fail($"missing or invalid 'alg' header: cannot parse JSON: {GoJson.Problem(header) ?? "the header is not an object"}");
        if (parsed?["alg"] is not RegoString { Text: var algorithm }) return context.Fail("missing or invalid 'alg' header: jwsbb: header \"alg\" not found");
        if (!Algorithms.Contains(algorithm)) return context.Fail($"unknown JWS algorithm: {algorithm}");
        var isJwt = parsed["typ"] is not RegoString { Text: var type } || type == "JWT";
        if (isJwt && GoJson.Problem(payload) is not null) return context.Fail("type is JWT but payload is not JSON");
        try
        {
            using var key = JwtKey.FromJwk(jwk);
            if (key is null) return context.Fail("no keys found in JWK set");
            var text = $"{Url(ByteText.ToBytes(header))}.{Url(ByteText.ToBytes(payload))}";
            return key.Sign(algorithm, Encoding.UTF8.GetBytes(text)) is { } signature
                ? Operands.Result($"{text}.{Url(signature)}")
                : context.Fail($"the key does not fit the algorithm {algorithm}");
        }
        catch (Exception error) when (error is FormatException or System.Security.Cryptography.CryptographicException)
        {
            return context.Fail(error.Message);
        }
    }

    private static string Url(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
