using System.Formats.Asn1;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation.Snp;

/// <summary>A VCEK or VLEK certificate with AMD's extensions read. Parsing does not verify it.</summary>
public sealed class EndorsementKeyCertificate
{
    private const string Format = "SNP endorsement key certificate";
    private const int ChipIdSize = 64;
    private const int TurinChipIdSize = 8;

    private EndorsementKeyCertificate(Certificate certificate, SigningKey kind, SnpProduct product)
    {
        Certificate = certificate;
        Kind = kind;
        Product = product;
    }

    /// <summary>The certificate itself.</summary>
    public Certificate Certificate { get; }

    /// <summary>Whether it is a VCEK or a VLEK.</summary>
    public SigningKey Kind { get; }

    /// <summary>The product its product name extension names.</summary>
    public SnpProduct Product { get; }

    /// <summary>The TCB for which the key was derived.</summary>
    public TcbVersion Tcb { get; private init; }

    /// <summary>VCEK: the chip's id, 64 bytes (Turin: 8). Empty for a VLEK.</summary>
    public ReadOnlyMemory<byte> HardwareId { get; private init; }

    /// <summary>VLEK: the cloud provider. Null for a VCEK.</summary>
    public string? CloudProvider { get; private init; }

    /// <summary>Whether the subject names an endorsement key at all.</summary>
    public static bool IsOne(Certificate certificate) => certificate.Subject.CommonName is "SEV-VCEK" or "SEV-VLEK";

    /// <summary>Reads AMD's extensions.</summary>
    /// <exception cref="MalformedException">An extension is missing, unreadable, out of range, or belongs to the other kind of key.</exception>
    public static EndorsementKeyCertificate Parse(Certificate certificate)
    {
        try
        {
            return Read(certificate);
        }
        catch (AsnContentException bad)
        {
            throw new MalformedException(Format, "extensions", $"cannot be read: {bad.Message}", inner: bad);
        }
    }

    private static EndorsementKeyCertificate Read(Certificate certificate)
    {
        var kind = certificate.Subject.CommonName switch
        {
            "SEV-VCEK" => SigningKey.Vcek,
            "SEV-VLEK" => SigningKey.Vlek,
            var other => throw new MalformedException(Format, "subject", $"is \"{other}\", expected SEV-VCEK or SEV-VLEK"),
        };
        var product = ProductOf(Text(Require(certificate, SnpOids.ProductName, "productName")));
        var turin = product == SnpProduct.Turin;
        foreach (var reserved in (ReadOnlySpan<string>)[SnpOids.Spl4, SnpOids.Spl5, SnpOids.Spl6, SnpOids.Spl7])
        {
            if (certificate.Extension(reserved) is { } value && Spl(value, reserved) != 0)
                throw new MalformedException(Format, reserved, "is not zero, and no known TCB has such a part");
        }

        if (!turin && certificate.Extension(SnpOids.FmcSpl) is not null)
            throw new MalformedException(Format, "fmcSPL", $"is present, and {product} has none");
        var hardwareId = certificate.Extension(SnpOids.HardwareId);
        var provider = certificate.Extension(SnpOids.CspId);
        if (kind == SigningKey.Vcek == hardwareId is null || kind == SigningKey.Vlek == provider is null)
            throw new MalformedException(Format, "hwID, cspID", $"do not fit a {kind}: a VCEK has hwID only, a VLEK has cspID only");
        return new EndorsementKeyCertificate(certificate, kind, product)
        {
            Tcb = new TcbVersion(
                Fmc: turin ? Part(certificate, SnpOids.FmcSpl, "fmcSPL") : (byte)0,
                BootLoader: Part(certificate, SnpOids.BootLoaderSpl, "blSPL"),
                Tee: Part(certificate, SnpOids.TeeSpl, "teeSPL"),
                Snp: Part(certificate, SnpOids.SnpSpl, "snpSPL"),
                Microcode: Part(certificate, SnpOids.MicrocodeSpl, "ucodeSPL")),
            HardwareId = hardwareId is { } id ? ChipId(id, turin ? TurinChipIdSize : ChipIdSize) : default,
            CloudProvider = provider is { } name ? Text(name) : null,
        };
    }

    private static SnpProduct ProductOf(string name)
    {
        var dash = name.IndexOf('-', StringComparison.Ordinal);
        var stem = dash < 0 ? name : name[..dash];
        foreach (var product in Enum.GetValues<SnpProduct>())
        {
            if (SnpProducts.NameOf(product) == stem) return product;
        }

        throw new MalformedException(Format, "productName", $"is \"{name}\", expected Milan, Genoa or Turin");
    }

    private static ReadOnlyMemory<byte> Require(Certificate certificate, string oid, string name) =>
        certificate.Extension(oid) ?? throw new MalformedException(Format, name, $"(extension {oid}) is missing");

    private static byte Part(Certificate certificate, string oid, string name) => Spl(Require(certificate, oid, name), name);

    private static byte Spl(ReadOnlyMemory<byte> value, string name)
    {
        var reader = new AsnReader(value, AsnEncodingRules.DER);
        if (!reader.TryReadInt32(out var number) || number is < 0 or > byte.MaxValue)
            throw new MalformedException(Format, name, "is not an integer from 0 to 255");
        reader.ThrowIfNotEmpty();
        return (byte)number;
    }

    private static string Text(ReadOnlyMemory<byte> value)
    {
        var reader = new AsnReader(value, AsnEncodingRules.DER);
        var text = reader.ReadCharacterString(UniversalTagNumber.IA5String);
        reader.ThrowIfNotEmpty();
        return text;
    }

    // The id stands in the extension as it is, or in an OCTET STRING of its own; the size tells which.
    private static ReadOnlyMemory<byte> ChipId(ReadOnlyMemory<byte> value, int size)
    {
        if (value.Length == size) return value;
        var reader = new AsnReader(value, AsnEncodingRules.DER);
        var id = reader.ReadOctetString();
        reader.ThrowIfNotEmpty();
        return id.Length == size ? id : throw new MalformedException(Format, "hwID", $"has {id.Length} bytes, expected {size}");
    }
}
