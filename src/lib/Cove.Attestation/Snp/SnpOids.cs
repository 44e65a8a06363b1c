namespace Cove.Attestation.Snp;

/// <summary>AMD's certificate extensions (VCEK specification 3.1), all below 1.3.6.1.4.1.3704.1. Used by whoever reads and whoever simulates them.</summary>
public static class SnpOids
{
    private const string Amd = "1.3.6.1.4.1.3704.1";

    /// <summary>Version of this set of extensions: INTEGER.</summary>
    public const string StructVersion = Amd + ".1";

    /// <summary>Product name, with a stepping suffix on some products: IA5String.</summary>
    public const string ProductName = Amd + ".2";

    /// <summary>Security version of the boot loader: INTEGER, as are all that follow up to <see cref="FmcSpl"/>.</summary>
    public const string BootLoaderSpl = Amd + ".3.1";

    /// <summary>Security version of the PSP operating system.</summary>
    public const string TeeSpl = Amd + ".3.2";

    /// <summary>Security version of the SNP firmware.</summary>
    public const string SnpSpl = Amd + ".3.3";

    /// <summary>Reserved security version 4.</summary>
    public const string Spl4 = Amd + ".3.4";

    /// <summary>Reserved security version 5.</summary>
    public const string Spl5 = Amd + ".3.5";

    /// <summary>Reserved security version 6.</summary>
    public const string Spl6 = Amd + ".3.6";

    /// <summary>Reserved security version 7.</summary>
    public const string Spl7 = Amd + ".3.7";

    /// <summary>Security version of the microcode.</summary>
    public const string MicrocodeSpl = Amd + ".3.8";

    /// <summary>Security version of the first mutable code; Turin only.</summary>
    public const string FmcSpl = Amd + ".3.9";

    /// <summary>Chip id (VCEK only): the bytes themselves, or an OCTET STRING of them.</summary>
    public const string HardwareId = Amd + ".4";

    /// <summary>Cloud provider (VLEK only): IA5String.</summary>
    public const string CspId = Amd + ".5";
}
