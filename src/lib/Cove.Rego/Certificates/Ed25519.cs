using System.Numerics;
using System.Security.Cryptography;

namespace Cove.Rego.Certificates;

/// <summary>
/// Ed25519 (RFC 8032 §5.1), which the platform does not have. The arithmetic is not constant in time: verification works on public values, and a key that
/// signs here is a value of the policy, which nothing in the engine treats as a secret.
/// </summary>
internal static class Ed25519
{
    public const int KeySize = 32;
    public const int SignatureSize = 64;

    private static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger L = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", System.Globalization.CultureInfo.InvariantCulture);
    private static readonly BigInteger D = Mod(-121665 * Inverse(121666));
    private static readonly BigInteger RootOfMinusOne = BigInteger.ModPow(2, (P - 1) / 4, P);
    private static readonly Point Base = Decode(EncodeNumber(Mod(4 * Inverse(5)))) ?? throw new InvalidOperationException("the base point is on the curve");

    /// <summary>True when the signature is the key's for the message.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != KeySize || signature.Length != SignatureSize || Decode(publicKey) is not { } key) return false;
        var s = Number(signature[32..]);
        if (s >= L) return false;
        var k = Hash(signature[..32], publicKey, message);
        var expected = Add(Multiply(Base, s), Multiply(key.Negated(), k));
        return Encode(expected).AsSpan().SequenceEqual(signature[..32]);
    }

    /// <summary>The signature of a message under a seed of 32 bytes.</summary>
    public static byte[] Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> message)
    {
        var (scalar, prefix) = Expand(seed);
        var publicKey = Encode(Multiply(Base, scalar));
        var r = Hash(prefix, [], message);
        var start = Encode(Multiply(Base, r));
        var s = (r + (Hash(start, publicKey, message) * scalar)) % L;
        CryptographicOperations.ZeroMemory(prefix);
        return [.. start, .. EncodeNumber(s)];
    }

    /// <summary>The public key of a seed of 32 bytes.</summary>
    public static byte[] PublicKey(ReadOnlySpan<byte> seed) => Encode(Multiply(Base, Expand(seed).Scalar));

    private static (BigInteger Scalar, byte[] Prefix) Expand(ReadOnlySpan<byte> seed)
    {
        var digest = SHA512.HashData(seed);
        digest[0] &= 248;
        digest[31] = (byte)((digest[31] & 127) | 64);
        var result = (Number(digest.AsSpan(0, 32)), digest[32..]);
        CryptographicOperations.ZeroMemory(digest);
        return result;
    }

    private static BigInteger Hash(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        hash.AppendData(a);
        hash.AppendData(b);
        hash.AppendData(c);
        return Number(hash.GetHashAndReset()) % L;
    }

    private static BigInteger Number(ReadOnlySpan<byte> littleEndian) => new(littleEndian, isUnsigned: true);

    private static byte[] EncodeNumber(BigInteger value)
    {
        var bytes = new byte[32];
        value.TryWriteBytes(bytes, out _, isUnsigned: true);
        return bytes;
    }

    private static BigInteger Mod(BigInteger value)
    {
        var rest = value % P;
        return rest.Sign < 0 ? rest + P : rest;
    }

    private static BigInteger Inverse(BigInteger value) => BigInteger.ModPow(value, P - 2, P);

    private static byte[] Encode(Point point)
    {
        var inverse = Inverse(point.Z);
        var bytes = EncodeNumber(Mod(point.Y * inverse));
        if (!Mod(point.X * inverse).IsEven) bytes[31] |= 0x80;
        return bytes;
    }

    private static Point? Decode(ReadOnlySpan<byte> bytes)
    {
        var isOdd = (bytes[31] & 0x80) != 0;
        Span<byte> coordinate = stackalloc byte[32];
        bytes.CopyTo(coordinate);
        coordinate[31] &= 0x7F;
        var y = Mod(Number(coordinate));
        var square = Mod((y * y - 1) * Inverse(Mod(D * y * y + 1)));
        var x = BigInteger.ModPow(square, (P + 3) / 8, P);
        if (Mod(x * x) != square) x = Mod(x * RootOfMinusOne);
        if (Mod(x * x) != square) return null;
        if (x.IsEven == isOdd) x = Mod(-x);
        return new Point(x, y, BigInteger.One, Mod(x * y));
    }

    private static Point Add(Point p, Point q)
    {
        var a = (p.Y - p.X) * (q.Y - q.X);
        var b = (p.Y + p.X) * (q.Y + q.X);
        var c = 2 * D * p.T % P * q.T;
        var d = 2 * p.Z * q.Z;
        var (e, f, g, h) = (Mod(b - a), Mod(d - c), Mod(d + c), Mod(b + a));
        return new Point(Mod(e * f), Mod(g * h), Mod(f * g), Mod(e * h));
    }

    private static Point Multiply(Point point, BigInteger by)
    {
        var result = new Point(BigInteger.Zero, BigInteger.One, BigInteger.One, BigInteger.Zero);
        for (var bit = (int)by.GetBitLength() - 1; bit >= 0; bit--)
        {
            result = Add(result, result);
            if (!((by >> bit) & 1).IsZero) result = Add(result, point);
        }

        return result;
    }

    /// <summary>A point in extended coordinates: x = X/Z, y = Y/Z, xy = T/Z.</summary>
    private readonly record struct Point(BigInteger X, BigInteger Y, BigInteger Z, BigInteger T)
    {
        public Point Negated() => new(Mod(-X), Y, Z, Mod(-T));
    }
}
