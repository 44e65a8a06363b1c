using System.Security.Cryptography;
using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Formats.Jose;

/// <summary>An elliptic-curve key (RFC 7518 section 6.2). The point is checked to be on its curve.</summary>
public sealed class EcJwk : Jwk
{
    private readonly ECParameters _parameters;
    private readonly Lazy<ECDsa> _verifier;

    internal EcJwk(ECParameters parameters)
    {
        _parameters = parameters;
        _verifier = new(() => ECDsa.Create(new ECParameters { Curve = parameters.Curve, Q = parameters.Q }));
        Curve = EcCurve.Find(parameters.Curve) ?? throw new MalformedException(Format, "crv", $"is none of {string.Join(", ", EcCurve.All)}");
    }

    /// <inheritdoc/>
    public override string KeyType => "EC";

    /// <inheritdoc/>
    public override bool HasPrivateKey => _parameters.D is not null;

    /// <summary>The curve.</summary>
    public EcCurve Curve { get; }

    /// <summary>The x coordinate, big-endian, <see cref="EcCurve.CoordinateLength"/> bytes.</summary>
    public ReadOnlySpan<byte> X => _parameters.Q.X;

    /// <summary>The y coordinate, big-endian, <see cref="EcCurve.CoordinateLength"/> bytes.</summary>
    public ReadOnlySpan<byte> Y => _parameters.Q.Y;

    /// <summary>A key with these numbers. The arrays are copied.</summary>
    /// <exception cref="MalformedException">The curve is unknown, a number has the wrong length, or they are no key on that curve.</exception>
    public static EcJwk FromParameters(ECParameters parameters, string? keyId = null, string? use = null, string? algorithm = null,
        IReadOnlyList<string>? keyOperations = null, IReadOnlyList<byte[]>? certificateChain = null)
    {
        var curve = EcCurve.Find(parameters.Curve) ?? throw new MalformedException(Format, "crv", $"is none of {string.Join(", ", EcCurve.All)}");
        return new(Check(curve, parameters.Q.X, parameters.Q.Y, parameters.D))
        {
            KeyId = keyId,
            Use = use,
            Algorithm = algorithm,
            KeyOperations = keyOperations,
            CertificateChain = certificateChain,
        };
    }

    /// <summary>The key of a .NET object.</summary>
    public static EcJwk FromEcdsa(ECDsa ecdsa, bool includePrivate, string? keyId = null, string? use = null, string? algorithm = null,
        IReadOnlyList<string>? keyOperations = null, IReadOnlyList<byte[]>? certificateChain = null)
    {
        var parameters = ecdsa.ExportParameters(includePrivate);
        try
        {
            return FromParameters(parameters, keyId, use, algorithm, keyOperations, certificateChain);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(parameters.D);
        }
    }

    /// <summary>A .NET object of this key, with its private part where there is one. The caller disposes it.</summary>
    public ECDsa CreateEcdsa() => ECDsa.Create(_parameters);

    /// <summary>The public half, made once: the platform checks a point when it takes one over. Several threads may verify at once.</summary>
    internal ECDsa Verifier => _verifier.Value;

    internal static ECParameters Read(JsonElement element)
    {
        var name = StrictJson.RequiredString(element, "crv", Format);
        var curve = EcCurve.Find(name) ?? throw new MalformedException(Format, "crv", $"is {name}, expected one of {string.Join(", ", EcCurve.All)}");
        var d = StrictJson.OptionalBytes(element, "d", Format);
        try
        {
            return Check(curve, StrictJson.RequiredBytes(element, "x", Format), StrictJson.RequiredBytes(element, "y", Format), d);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(d);
        }
    }

    private protected override void Dispose(bool disposing)
    {
        CryptographicOperations.ZeroMemory(_parameters.D);
        if (_verifier.IsValueCreated) _verifier.Value.Dispose();
    }

    private protected override void WriteThumbprintMembers(Utf8JsonWriter writer)
    {
        writer.WriteString("crv", Curve.Name);
        writer.WriteString("kty", KeyType);
        WriteBytes(writer, "x", X);
        WriteBytes(writer, "y", Y);
    }

    private protected override void AddMembers(SortedDictionary<string, Action<Utf8JsonWriter>> members, bool includePrivate)
    {
        members["crv"] = w => w.WriteString("crv", Curve.Name);
        members["x"] = w => WriteBytes(w, "x", X);
        members["y"] = w => WriteBytes(w, "y", Y);
        if (includePrivate) members["d"] = w => WriteBytes(w, "d", _parameters.D);
    }

    private static ECParameters Check(EcCurve curve, byte[]? x, byte[]? y, byte[]? d)
    {
        // RFC 7518 6.2.1.2: full width, leading zero bytes kept.
        Width(x, "x");
        Width(y, "y");
        if (d is not null) Width(d, "d");
        var parameters = new ECParameters { Curve = curve.Platform, Q = new ECPoint { X = [.. x!], Y = [.. y!] }, D = d is null ? null : [.. d] };
        try
        {
            // Importing checks the point, and that the private scalar belongs to it.
            using var ecdsa = ECDsa.Create(parameters);
            return parameters;
        }
        catch (CryptographicException e)
        {
            throw new MalformedException(Format, "x", $"and the other numbers are no key on {curve.Name}", inner: e);
        }

        void Width(byte[]? number, string field)
        {
            if (number?.Length != curve.CoordinateLength)
                throw new MalformedException(Format, field, $"is {number?.Length ?? 0} bytes, expected {curve.CoordinateLength}");
        }
    }
}
