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
    public string Sign(JwsHeader header, ReadOnlySpan<byte> payload) => Sign(ProtectedHeader.Of(header with { Algorithm = Algorithm.Name }), payload);

    /// <summary>Signs this payload under a header that was written before, for dialects that fix the members' order.</summary>
    /// <exception cref="ArgumentException">The header's <c>alg</c> is not ours.</exception>
    public string Sign(ProtectedHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.Algorithm != Algorithm.Name) throw new ArgumentException($"the header's alg is not {Algorithm}", nameof(header));
        var input = new byte[header.Encoded.Length + 1 + System.Buffers.Text.Base64Url.GetEncodedLength(payload.Length)];
        header.Encoded.CopyTo(input);
        input[header.Encoded.Length] = (byte)'.';
        System.Buffers.Text.Base64Url.EncodeToUtf8(payload, input.AsSpan(header.Encoded.Length + 1));
        return $"{Encoding.ASCII.GetString(input)}.{Base64Url.Encode(Algorithm.Sign(_key, input))}";
    }

    /// <summary>Disposes the key.</summary>
    public void Dispose() => _key.Dispose();

    private static ArgumentException Unfit(Jwk key)
        => new($"a {key.KeyType} key with alg {key.Algorithm ?? "absent"} signs nothing here", nameof(key));
}
