using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

internal static partial class JwtBuiltins
{
    private static readonly RegoArray Refused = RegoArray.Of(RegoValue.False, RegoObject.Empty, RegoObject.Empty);

    private static RegoValue? DecodeVerify(EvaluationContext context, RegoValue token, RegoValue given)
    {
        if (token is not RegoString) return context.FailOperand(1, "string", Operands.KindName(token));
        if (!Operands.Object(context, given, 2, out var wanted) || ReadConstraints(context, wanted) is not { } constraints) return null;
        try
        {
            return DecodeVerify(context, token, constraints);
        }
        catch (Exception error) when (error is FormatException or System.Security.Cryptography.CryptographicException)
        {
            return context.Fail(error.Message);
        }
        finally
        {
            constraints.Keys.ForEach(static k => k.Dispose());
        }
    }

    private static RegoValue? DecodeVerify(EvaluationContext context, RegoValue token, Constraints constraints)
    {
        while (true)
        {
            if (!Split(context, token, out var sections) || !Header(context, sections[0], out var header)) return null;
            if (Bytes(sections[2], out var problem) is not { } signature) return context.Fail($"JWT signature had invalid encoding: {problem}");
            if (header["alg"] is not RegoString { Text: var algorithm } || !Algorithms.Contains(algorithm)) return Refused;
            if (constraints.Algorithm is not null && constraints.Algorithm != algorithm) return Refused;
            if (header["crit"] is not null) return Refused;
            if (algorithm.StartsWith("HS", StringComparison.Ordinal) != constraints.IsSecret) return Refused;
            if (!AnyVerifies(constraints.Keys, header, algorithm, Signed(sections), signature)) return Refused;
            if (Bytes(sections[1], out problem) is not { } payload) return context.Fail($"JWT payload had invalid encoding: {problem}");
            if (IsNested(header))
            {
                token = Operands.Result(ByteText.FromBytes(payload).Trim('"'));
                continue;
            }

            if (Json(context, "payload", payload) is not { } json) return null;
            if (json is not RegoObject claims) return context.Fail("decoded JSON type was not an Object");
            return Accepts(context, claims, constraints) switch
            {
                null => null,
                false => Refused,
                true => RegoArray.Of(RegoValue.True, header, claims),
            };
        }
    }

    /// <summary>Issuer, audience and times; null after a claim of the wrong kind.</summary>
    private static bool? Accepts(EvaluationContext context, RegoObject claims, Constraints constraints)
    {
        if (constraints.Issuer is not null && (claims["iss"] as RegoString)?.Text != constraints.Issuer) return false;
        if (claims["aud"] is { } audience)
        {
            if (constraints.Audience is not { } expected) return false;
            var fits = audience is RegoString one ? one.Text == expected : audience is RegoArray many && Array.Exists(many.Items, a => (a as RegoString)?.Text == expected);
            if (!fits) return false;
        }
        else if (constraints.Audience is not null)
        {
            return false;
        }

        var now = constraints.Time ?? (RegoNumber)context.Now;
        foreach (var (name, isEnd) in (ReadOnlySpan<(string, bool)>)[("exp", true), ("nbf", false)])
        {
            if (claims[name] is not { } claim) continue;
            if (claim is not RegoNumber seconds)
            {
                context.Fail($"{name} value must be a number");
                return null;
            }

            var order = RegoNumber.Compare(now, RegoArithmetic.Multiply(seconds, RegoNumber.FromInt64(1_000_000_000)));
            if (isEnd ? order >= 0 : order < 0) return false;
        }

        return true;
    }

    private static Constraints? ReadConstraints(EvaluationContext context, RegoObject given)
    {
        var constraints = new Constraints();
        foreach (var (key, value) in given.Entries())
        {
            var name = (key as RegoString)?.Text;
            switch (name)
            {
                case "cert" or "secret" when value is RegoString { Text: var text }:
                    if (constraints.Keys.Count > 0)
                    {
                        context.Fail("duplicate key constraints");
                        return null;
                    }

                    constraints.IsSecret = name == "secret";
                    try
                    {
                        constraints.Keys.AddRange(constraints.IsSecret ? [JwtKey.FromSecret(ByteText.ToBytes(text))] : JwtKey.Read(text));
                    }
                    catch (FormatException error)
                    {
                        context.Fail(error.Message);
                        return null;
                    }

                    break;
                case "alg" when value is RegoString { Text: var text }:
                    constraints.Algorithm = text;
                    break;
                case "iss" when value is RegoString { Text: var text }:
                    constraints.Issuer = text;
                    break;
                case "aud" when value is RegoString { Text: var text }:
                    constraints.Audience = text;
                    break;
                case "time" when value is RegoNumber number:
                    if (number.ToFloat().IsNegative)
                    {
                        context.Fail("token validation time must not be negative");
                        return null;
                    }

                    constraints.Time = number;
                    break;
                case "cert" or "secret" or "alg" or "iss" or "aud":
                    context.FailOperand(2, "string", Operands.KindName(value));
                    context.Fail($"{name}: must be string");
                    return null;
                case "time":
                    context.Fail("token validation time must be a number");
                    return null;
                default:
                    context.Fail($"unknown token validation constraint: {name ?? key.ToString()}");
                    return null;
            }
        }

        if (constraints.Keys.Count > 0) return constraints;
        context.Fail("no key constraint");
        return null;
    }

    private sealed class Constraints
    {
        public List<JwtKey> Keys { get; } = [];

        public bool IsSecret { get; set; }

        public string? Algorithm { get; set; }

        public string? Issuer { get; set; }

        public string? Audience { get; set; }

        public RegoNumber? Time { get; set; }
    }
}
