using System.Globalization;

namespace Cove.Attestation.Snp.Kds;

/// <summary>Where AMD's key distribution service keeps what belongs to a product (VCEK specification 4). Turin has a short chip id and one more part of the TCB.</summary>
internal static class KdsPaths
{
    private const int TurinChipIdSize = 8;
    private const int ChipIdSize = 64;

    /// <summary>The VCEK of a chip for a TCB, DER.</summary>
    /// <exception cref="ArgumentException">The chip id is too short, or longer than the product's with other bytes than zero.</exception>
    public static string Vcek(SnpProduct product, ReadOnlySpan<byte> chipId, TcbVersion tcb)
    {
        var turin = product == SnpProduct.Turin;
        var id = Convert.ToHexStringLower(ChipId(product, chipId));
        var query = string.Create(CultureInfo.InvariantCulture, $"blSPL={tcb.BootLoader:00}&teeSPL={tcb.Tee:00}&snpSPL={tcb.Snp:00}&ucodeSPL={tcb.Microcode:00}");
        return turin
            ? string.Create(CultureInfo.InvariantCulture, $"/vcek/v1/{NameOf(product)}/{id}?fmcSPL={tcb.Fmc:00}&{query}")
            : $"/vcek/v1/{NameOf(product)}/{id}?{query}";
    }

    /// <summary>The issuer of the endorsement keys and the root, PEM.</summary>
    public static string Chain(SnpProduct product, SigningKey kind) => $"/{NameOf(kind)}/v1/{NameOf(product)}/cert_chain";

    /// <summary>The root's revocation list, DER.</summary>
    public static string RevocationList(SnpProduct product, SigningKey kind) => $"/{NameOf(kind)}/v1/{NameOf(product)}/crl";

    /// <summary>The bytes of CHIP_ID that name a chip of this product.</summary>
    public static ReadOnlySpan<byte> ChipId(SnpProduct product, ReadOnlySpan<byte> chipId)
    {
        var size = product == SnpProduct.Turin ? TurinChipIdSize : ChipIdSize;
        return chipId.Length >= size && !chipId[size..].ContainsAnyExcept((byte)0) ? chipId[..size] : throw new ArgumentException($"is no chip id of {product}", nameof(chipId));
    }

    private static string NameOf(SigningKey kind) => kind switch
    {
        SigningKey.Vcek => "vcek",
        SigningKey.Vlek => "vlek",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static string NameOf(SnpProduct product) =>
        product != SnpProduct.Simulated ? SnpProducts.NameOf(product) : throw new ArgumentOutOfRangeException(nameof(product), "a simulated processor's certificates are not published");
}
