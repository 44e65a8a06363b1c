using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Cove.Rego.Certificates;

/// <summary>How something is signed, with the number that the JSON form uses.</summary>
internal sealed record X509SignatureAlgorithm(int Number, X509KeyKind Kind, HashAlgorithmName Hash, bool IsPss = false, bool IsBroken = false)
{
    private const string Pss = "1.2.840.113549.1.1.10";
    private static readonly X509SignatureAlgorithm Unknown = new(0, X509KeyKind.Unknown, default, IsBroken: true);

    private static readonly Dictionary<string, X509SignatureAlgorithm> Known = new()
    {
        ["1.2.840.113549.1.1.2"] = new(1, X509KeyKind.Rsa, default, IsBroken: true),
        ["1.2.840.113549.1.1.4"] = new(2, X509KeyKind.Rsa, HashAlgorithmName.MD5, IsBroken: true),
        ["1.2.840.113549.1.1.5"] = new(3, X509KeyKind.Rsa, HashAlgorithmName.SHA1, IsBroken: true),
        ["1.3.14.3.2.29"] = new(3, X509KeyKind.Rsa, HashAlgorithmName.SHA1, IsBroken: true),
        ["1.2.840.113549.1.1.11"] = new(4, X509KeyKind.Rsa, HashAlgorithmName.SHA256),
        ["1.2.840.113549.1.1.12"] = new(5, X509KeyKind.Rsa, HashAlgorithmName.SHA384),
        ["1.2.840.113549.1.1.13"] = new(6, X509KeyKind.Rsa, HashAlgorithmName.SHA512),
        ["1.2.840.10040.4.3"] = new(7, X509KeyKind.Dsa, HashAlgorithmName.SHA1, IsBroken: true),
        ["2.16.840.1.101.3.4.3.2"] = new(8, X509KeyKind.Dsa, HashAlgorithmName.SHA256, IsBroken: true),
        ["1.2.840.10045.4.1"] = new(9, X509KeyKind.Ecdsa, HashAlgorithmName.SHA1, IsBroken: true),
        ["1.2.840.10045.4.3.2"] = new(10, X509KeyKind.Ecdsa, HashAlgorithmName.SHA256),
        ["1.2.840.10045.4.3.3"] = new(11, X509KeyKind.Ecdsa, HashAlgorithmName.SHA384),
        ["1.2.840.10045.4.3.4"] = new(12, X509KeyKind.Ecdsa, HashAlgorithmName.SHA512),
        ["1.3.101.112"] = new(16, X509KeyKind.Ed25519, default),
    };

    private static readonly Dictionary<string, X509SignatureAlgorithm> KnownPss = new()
    {
        ["2.16.840.1.101.3.4.2.1"] = new(13, X509KeyKind.Rsa, HashAlgorithmName.SHA256, IsPss: true),
        ["2.16.840.1.101.3.4.2.2"] = new(14, X509KeyKind.Rsa, HashAlgorithmName.SHA384, IsPss: true),
        ["2.16.840.1.101.3.4.2.3"] = new(15, X509KeyKind.Rsa, HashAlgorithmName.SHA512, IsPss: true),
    };

    /// <summary>Reads an AlgorithmIdentifier and leaves the reader behind it.</summary>
    public static X509SignatureAlgorithm Read(AsnReader reader)
    {
        var identifier = reader.ReadSequence();
        var type = identifier.ReadObjectIdentifier();
        if (type != Pss) return Known.GetValueOrDefault(type, Unknown);
        if (!identifier.HasData) return Unknown;
        var parameters = identifier.ReadSequence();
        var hash = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
        if (!parameters.HasData || parameters.PeekTag() != hash) return Unknown;
        return KnownPss.GetValueOrDefault(parameters.ReadSequence(hash).ReadSequence().ReadObjectIdentifier(), Unknown);
    }
}
