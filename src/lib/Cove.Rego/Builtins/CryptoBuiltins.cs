using System.Security.Cryptography;
using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

/// <summary>Digests and message authentication codes. MD5 and SHA-1 are here because the language has them.</summary>
internal static class CryptoBuiltins
{
    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("crypto.md5", "(str) -> str") { One = static (c, a) => Digest(c, a, MD5.HashData) },
        new("crypto.sha1", "(str) -> str") { One = static (c, a) => Digest(c, a, SHA1.HashData) },
        new("crypto.sha256", "(str) -> str") { One = static (c, a) => Digest(c, a, SHA256.HashData) },
        new("crypto.hmac.md5", "(str, str) -> str") { Two = static (c, a, b) => Mac(c, a, b, HMACMD5.HashData) },
        new("crypto.hmac.sha1", "(str, str) -> str") { Two = static (c, a, b) => Mac(c, a, b, HMACSHA1.HashData) },
        new("crypto.hmac.sha256", "(str, str) -> str") { Two = static (c, a, b) => Mac(c, a, b, HMACSHA256.HashData) },
        new("crypto.hmac.sha512", "(str, str) -> str") { Two = static (c, a, b) => Mac(c, a, b, HMACSHA512.HashData) },
        new("crypto.hmac.equal", "(str, str) -> bool") { Two = Equal },
    ];

    private static RegoValue? Digest(EvaluationContext context, RegoValue value, Func<byte[], byte[]> hash) =>
        Operands.Text(context, value, 1, out var text) ? Operands.Result(Convert.ToHexStringLower(hash(ByteText.ToBytes(text)))) : null;

    private static RegoValue? Mac(EvaluationContext context, RegoValue message, RegoValue key, Func<byte[], byte[], byte[]> hash)
    {
        if (!Operands.Text(context, message, 1, out var text) || !Operands.Text(context, key, 2, out var secret)) return null;
        return Operands.Result(Convert.ToHexStringLower(hash(ByteText.ToBytes(secret), ByteText.ToBytes(text))));
    }

    private static RegoValue? Equal(EvaluationContext context, RegoValue a, RegoValue b)
    {
        if (!Operands.Text(context, a, 1, out var x) || !Operands.Text(context, b, 2, out var y)) return null;
        return RegoValue.Of(CryptographicOperations.FixedTimeEquals(ByteText.ToBytes(x), ByteText.ToBytes(y)));
    }
}
