using System.Security.Cryptography;

namespace Cove.Formats.Jose;

/// <summary>A curve of RFC 7518 section 6.2.1.1, or Key Vault's P-256K.</summary>
public sealed class EcCurve
{
    private EcCurve(string name, int coordinateLength, ECCurve platform, string oid)
    {
        Name = name;
        CoordinateLength = coordinateLength;
        Platform = platform;
        Oid = oid;
    }

    /// <summary>NIST P-256, 32-byte coordinates.</summary>
    public static EcCurve P256 { get; } = new("P-256", 32, ECCurve.NamedCurves.nistP256, "1.2.840.10045.3.1.7");

    /// <summary>NIST P-384, 48-byte coordinates.</summary>
    public static EcCurve P384 { get; } = new("P-384", 48, ECCurve.NamedCurves.nistP384, "1.3.132.0.34");

    /// <summary>NIST P-521, 66-byte coordinates.</summary>
    public static EcCurve P521 { get; } = new("P-521", 66, ECCurve.NamedCurves.nistP521, "1.3.132.0.35");

    /// <summary>secp256k1 under Key Vault's name for it, 32-byte coordinates. No token of ours is signed on it.</summary>
    public static EcCurve P256K { get; } = new("P-256K", 32, ECCurve.CreateFromOid(new Oid("1.3.132.0.10", "secP256k1")), "1.3.132.0.10");

    /// <summary>The curves we know.</summary>
    public static IReadOnlyList<EcCurve> All { get; } = [P256, P384, P521, P256K];

    /// <summary>The <c>crv</c> member.</summary>
    public string Name { get; }

    /// <summary>Bytes of a coordinate and of a private scalar.</summary>
    public int CoordinateLength { get; }

    /// <summary>The curve of .NET.</summary>
    public ECCurve Platform { get; }

    private string Oid { get; }

    /// <summary>The curve of this <c>crv</c>, or null.</summary>
    public static EcCurve? Find(string name) => All.FirstOrDefault(c => c.Name == name);

    /// <summary>The curve that .NET names so, or null.</summary>
    public static EcCurve? Find(ECCurve platform)
        => All.FirstOrDefault(c => platform.IsNamed && (platform.Oid.Value == c.Oid || platform.Oid.FriendlyName == c.Platform.Oid.FriendlyName));

    /// <inheritdoc/>
    public override string ToString() => Name;
}
