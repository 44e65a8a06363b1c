using System.Security.Cryptography;
using System.Text;

namespace Cove.Formats.Jose;

/// <summary>Signs in compact serialisation with one key and one algorithm. Safe for use by several threads.</summary>
public sealed class JwsSigner : IDisposable
{
    private readonly AsymmetricAlgorithm _key;

    /// <summary>A signer that owns this key.</summary>
    /// <param name="key">An RSA key of at least 2048 bits or an ECDSA key, with its private part; disposed with the signer.</param>
    /// <param name="algorithm">An algorithm that fits it.</param>
    /// <exception cref="ArgumentException">The algorithm does not fit the key.</exception>
    public JwsSigner(AsymmetricAlgorithm key, JwsAlgorithm algorithm)
    {
        if (!algorithm.Fits(key)) throw new ArgumentException($"{algorithm} does not fit the key", nameof(algorithm));
        _key = key;
        Algorithm = algorithm;
    }

    /// <summary>The algorithm.</summary>
    public JwsAlgorithm Algorithm { get; }

    /// <summary>A signer for a private key: RS256 for RSA, else the algorithm of its curve.</summary>
    /// <exception cref="ArgumentException">The key has no private part or cannot sign.</exception>
    public static JwsSigner Create(Jwk key)
    {
        if (!key.HasPrivateKey) throw new ArgumentException("the key has no private part", nameof(key));
        return key switch
        {
            RsaJwk rsa => new(rsa.CreateRsa(), JwsAlgorithm.Find(key.Algorithm ?? "RS256") ?? throw Unfit(key)),
            EcJwk ec => new(ec.CreateEcdsa(), JwsAlgorithm.All.FirstOrDefault(a => a.Fits(key)) ?? throw Unfit(key)),
            _ => throw Unfit(key),
        };
    }

    /// <summary>Signs this payload under a header whose <c>alg</c> is set to ours.</summary>
    public string Sign(JwsHeader header, ReadOnlySpan<byte> payload) => Compact((header with { Algorithm = Algorithm.Name }).ToJson(), payload);

    /// <summary>Signs under header bytes that the caller wrote, for dialects that fix the members' order.</summary>
    /// <exception cref="ArgumentException">The header's <c>alg</c> is not ours.</exception>
    public string Sign(ReadOnlyMemory<byte> headerJson, ReadOnlySpan<byte> payload)
    {
        if (JwsHeader.Parse(headerJson).Algorithm != Algorithm.Name)
            throw new ArgumentException($"the header's alg is not {Algorithm}", nameof(headerJson));
        return Compact(headerJson.Span, payload);
    }

    /// <summary>Disposes the key.</summary>
    public void Dispose() => _key.Dispose();

    private string Compact(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        var input = Encoding.ASCII.GetBytes($"{Base64Url.Encode(header)}.{Base64Url.Encode(payload)}");
        return $"{Encoding.ASCII.GetString(input)}.{Base64Url.Encode(Algorithm.Sign(_key, input))}";
    }

    private static ArgumentException Unfit(Jwk key)
        => new($"a {key.KeyType} key with alg {key.Algorithm ?? "absent"} signs nothing here", nameof(key));
}
