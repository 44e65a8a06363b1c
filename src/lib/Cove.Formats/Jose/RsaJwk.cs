using System.Security.Cryptography;
using System.Text.Json;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Formats.Jose;

/// <summary>An RSA key of 2048 to 8192 bits (RFC 7518 section 6.3); smaller ones sign and wrap nothing here.</summary>
public sealed class RsaJwk : Jwk
{
    /// <summary>Smallest modulus accepted, in bits.</summary>
    public const int MinimumBits = 2048;

    /// <summary>Largest modulus accepted, in bits: beyond it one verification costs milliseconds.</summary>
    public const int MaximumBits = 8192;

    private const int MaximumExponentLength = 4;
    private readonly RSAParameters _parameters;
    private readonly Lazy<RSA> _verifier;

    internal RsaJwk(RSAParameters parameters)
    {
        _parameters = parameters;
        _verifier = new(() => RSA.Create(new RSAParameters { Modulus = parameters.Modulus, Exponent = parameters.Exponent }));
    }

    /// <inheritdoc/>
    public override string KeyType => "RSA";

    /// <inheritdoc/>
    public override bool HasPrivateKey => _parameters.D is not null;

    /// <summary>The modulus, big-endian without leading zero bytes.</summary>
    public ReadOnlySpan<byte> Modulus => _parameters.Modulus;

    /// <summary>The public exponent, big-endian without leading zero bytes.</summary>
    public ReadOnlySpan<byte> Exponent => _parameters.Exponent;

    /// <summary>Size of the modulus in bits.</summary>
    public int Bits => BitsOf(Modulus);

    /// <summary>A key with these numbers; leading zero bytes are dropped. The arrays are copied.</summary>
    /// <exception cref="MalformedException">The modulus or exponent is outside its limits, or only part of the private numbers is there.</exception>
    public static RsaJwk FromParameters(RSAParameters parameters, string? keyId = null, string? use = null, string? algorithm = null,
        IReadOnlyList<string>? keyOperations = null, IReadOnlyList<byte[]>? certificateChain = null)
        => new(Normalise(parameters)) { KeyId = keyId, Use = use, Algorithm = algorithm, KeyOperations = keyOperations,
            CertificateChain = certificateChain };

    /// <summary>The key of a .NET object.</summary>
    public static RsaJwk FromRsa(RSA rsa, bool includePrivate, string? keyId = null, string? use = null, string? algorithm = null,
        IReadOnlyList<string>? keyOperations = null, IReadOnlyList<byte[]>? certificateChain = null)
    {
        var parameters = rsa.ExportParameters(includePrivate);
        try
        {
            return FromParameters(parameters, keyId, use, algorithm, keyOperations, certificateChain);
        }
        finally
        {
            Zero(parameters);
        }
    }

    /// <summary>A .NET object of this key, with its private part where there is one. The caller disposes it.</summary>
    /// <exception cref="MalformedException">The platform refuses the numbers.</exception>
    public RSA CreateRsa()
    {
        try
        {
            return RSA.Create(_parameters);
        }
        catch (CryptographicException e)
        {
            throw new MalformedException(Format, "n", "and the other RSA numbers are no key", inner: e);
        }
    }

    /// <summary>
    /// The public half, made once: the platform tests a modulus when it takes one over, which costs more than a verification.
    /// Verifying does not change it, so several threads may at once.
    /// </summary>
    internal RSA Verifier => _verifier.Value;

    internal static RSAParameters Read(JsonElement element)
    {
        // Azure Attestation publishes its keys as certificates alone, although RFC 7518 6.3.1 requires the numbers.
        if (!element.TryGetProperty("n", out _) && !element.TryGetProperty("e", out _) && X509Chain.Read(element, Format, MaximumCertificates) is { } chain)
            return ReadCertificate(chain[0]);
        var raw = new RSAParameters
        {
            Modulus = StrictJson.RequiredBytes(element, "n", Format),
            Exponent = StrictJson.RequiredBytes(element, "e", Format),
            D = StrictJson.OptionalBytes(element, "d", Format),
            P = StrictJson.OptionalBytes(element, "p", Format),
            Q = StrictJson.OptionalBytes(element, "q", Format),
            DP = StrictJson.OptionalBytes(element, "dp", Format),
            DQ = StrictJson.OptionalBytes(element, "dq", Format),
            InverseQ = StrictJson.OptionalBytes(element, "qi", Format),
        };
        try
        {
            return Normalise(raw);
        }
        finally
        {
            Zero(raw);
        }
    }

    private static RSAParameters ReadCertificate(byte[] der)
    {
        using var rsa = SubjectPublicKey.ImportRsa(Certificate.Parse(der).SubjectPublicKeyInfo.Span)
            ?? throw new MalformedException(Format, "x5c", "is not the certificate of an RSA key of an accepted size");
        return Normalise(rsa.ExportParameters(includePrivateParameters: false));
    }

    private protected override void Dispose(bool disposing)
    {
        Zero(_parameters);
        if (_verifier.IsValueCreated) _verifier.Value.Dispose();
    }

    private protected override void WriteThumbprintMembers(Utf8JsonWriter writer)
    {
        WriteBytes(writer, "e", Exponent);
        writer.WriteString("kty", KeyType);
        WriteBytes(writer, "n", Modulus);
    }

    private protected override void AddMembers(SortedDictionary<string, Action<Utf8JsonWriter>> members, bool includePrivate)
    {
        Add("n", _parameters.Modulus);
        Add("e", _parameters.Exponent);
        if (!includePrivate) return;
        // RFC 7518 6.3.2 writes each number in as few bytes as it needs (Base64urlUInt).
        Add("d", _parameters.D);
        Add("p", _parameters.P);
        Add("q", _parameters.Q);
        Add("dp", _parameters.DP);
        Add("dq", _parameters.DQ);
        Add("qi", _parameters.InverseQ);
        void Add(string name, byte[]? value) => members[name] = w => WriteBytes(w, name, Shortest(value));
    }

    private static RSAParameters Normalise(RSAParameters raw)
    {
        var modulus = Shortest(raw.Modulus).ToArray();
        var exponent = Shortest(raw.Exponent).ToArray();
        if (BitsOf(modulus) is < MinimumBits or > MaximumBits)
            throw new MalformedException(Format, "n", $"has {BitsOf(modulus)} bits, expected {MinimumBits} to {MaximumBits}");
        if (exponent.Length is 0 or > MaximumExponentLength || (exponent[^1] & 1) == 0 || exponent is [1])
            throw new MalformedException(Format, "e", "is not an odd number above 1 of at most 4 bytes");
        var parameters = new RSAParameters { Modulus = modulus, Exponent = exponent };
        byte[]?[] secrets = [raw.D, raw.P, raw.Q, raw.DP, raw.DQ, raw.InverseQ];
        if (Array.TrueForAll(secrets, s => s is null)) return parameters;
        if (Array.Exists(secrets, s => s is null)) throw new MalformedException(Format, "d", "and p, q, dp, dq, qi come together or not at all");
        var half = (modulus.Length + 1) / 2;
        parameters.D = FixedWidth(raw.D, modulus.Length, "d");
        parameters.P = FixedWidth(raw.P, half, "p");
        parameters.Q = FixedWidth(raw.Q, half, "q");
        parameters.DP = FixedWidth(raw.DP, half, "dp");
        parameters.DQ = FixedWidth(raw.DQ, half, "dq");
        parameters.InverseQ = FixedWidth(raw.InverseQ, half, "qi");
        return parameters;
    }

    private static byte[] FixedWidth(byte[]? number, int width, string field)
    {
        var digits = Shortest(number);
        if (digits.Length > width) throw new MalformedException(Format, field, $"is {digits.Length} bytes, more than {width}");
        var wide = new byte[width];
        digits.CopyTo(wide.AsSpan(width - digits.Length));
        return wide;
    }

    private static ReadOnlySpan<byte> Shortest(byte[]? number) => number.AsSpan().TrimStart((byte)0);

    private static int BitsOf(ReadOnlySpan<byte> number) => number.IsEmpty ? 0 : (number.Length * 8) - int.LeadingZeroCount(number[0]) + 24;

    private static void Zero(RSAParameters p)
    {
        foreach (var secret in (byte[]?[])[p.D, p.P, p.Q, p.DP, p.DQ, p.InverseQ]) CryptographicOperations.ZeroMemory(secret);
    }
}
