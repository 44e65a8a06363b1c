using System.Globalization;
using Cove.Outcomes;

namespace Cove.Attestation.Snp;

/// <summary>
/// TCB_VERSION: the security version of each part of the platform's firmware. Compared part by part, never as one number: a
/// higher microcode does not make up for an older SNP firmware.
/// </summary>
/// <param name="Fmc">First mutable code; only Turin has it, zero elsewhere.</param>
/// <param name="BootLoader">Boot loader.</param>
/// <param name="Tee">PSP operating system.</param>
/// <param name="Snp">SNP firmware.</param>
/// <param name="Microcode">Lowest microcode patch of all cores.</param>
public readonly record struct TcbVersion(byte Fmc, byte BootLoader, byte Tee, byte Snp, byte Microcode)
{
    /// <summary>Reads the eight bytes in the layout of a product (SEV-SNP ABI 2.2; Turin has its own).</summary>
    /// <param name="raw">The bytes as one little-endian integer.</param>
    /// <param name="product">Whose layout they have.</param>
    /// <param name="field">The name of the field, for errors.</param>
    /// <exception cref="MalformedException">A reserved byte of that layout is not zero.</exception>
    public static TcbVersion Parse(ulong raw, SnpProduct product, string field)
    {
        var turin = product == SnpProduct.Turin;
        var reserved = turin ? 0x00FF_FFFF_0000_0000UL : 0x0000_FFFF_FFFF_0000UL;
        if ((raw & reserved) != 0)
            throw new MalformedException("SNP TCB version", field, string.Create(CultureInfo.InvariantCulture, $"0x{raw:x16} has reserved bytes set for {product}"));
        return turin
            ? new TcbVersion(Fmc: (byte)raw, BootLoader: (byte)(raw >> 8), Tee: (byte)(raw >> 16), Snp: (byte)(raw >> 24), Microcode: (byte)(raw >> 56))
            : new TcbVersion(Fmc: 0, BootLoader: (byte)raw, Tee: (byte)(raw >> 8), Snp: (byte)(raw >> 48), Microcode: (byte)(raw >> 56));
    }

    /// <summary>The eight bytes as one little-endian integer, in the layout of a product.</summary>
    public ulong ToRaw(SnpProduct product) => product == SnpProduct.Turin
        ? Fmc | ((ulong)BootLoader << 8) | ((ulong)Tee << 16) | ((ulong)Snp << 24) | ((ulong)Microcode << 56)
        : BootLoader | ((ulong)Tee << 8) | ((ulong)Snp << 48) | ((ulong)Microcode << 56);

    /// <summary>Whether every part is at least that of <paramref name="minimum"/>.</summary>
    public bool IsAtLeast(TcbVersion minimum) =>
        Fmc >= minimum.Fmc && BootLoader >= minimum.BootLoader && Tee >= minimum.Tee && Snp >= minimum.Snp && Microcode >= minimum.Microcode;

    /// <summary>E.g. <c>bootloader 4, tee 0, snp 24, microcode 219</c>, led by <c>fmc</c> where it is not zero.</summary>
    public override string ToString() => (Fmc == 0 ? "" : $"fmc {Fmc}, ") + $"bootloader {BootLoader}, tee {Tee}, snp {Snp}, microcode {Microcode}";
}
