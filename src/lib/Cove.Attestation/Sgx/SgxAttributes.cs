using System.Globalization;

namespace Cove.Attestation.Sgx;

/// <summary>ATTRIBUTES of an enclave (Intel SDM 34.7.1).</summary>
/// <param name="Flags">The first 64 bits.</param>
/// <param name="Xfrm">XFRM: the processor state components the enclave may use.</param>
public readonly record struct SgxAttributes(ulong Flags, ulong Xfrm)
{
    /// <summary>INIT: the enclave was initialised. Always set in a report.</summary>
    public bool Initialized => Bit(0);

    /// <summary>DEBUG: the host may read and write the enclave's memory.</summary>
    public bool Debug => Bit(1);

    /// <summary>MODE64BIT: it runs in 64-bit mode.</summary>
    public bool Mode64 => Bit(2);

    /// <summary>PROVISIONKEY: it may derive the provisioning key.</summary>
    public bool ProvisionKey => Bit(4);

    /// <summary>EINITTOKEN_KEY: it may derive the launch key.</summary>
    public bool EinitTokenKey => Bit(5);

    /// <summary>KSS: key separation and sharing; CONFIGID, CONFIGSVN, ISVEXTPRODID and ISVFAMILYID have a meaning.</summary>
    public bool KeySeparation => Bit(7);

    /// <summary>Hexadecimal, e.g. <c>0x5/0x7</c>: flags, then XFRM.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"0x{Flags:x}/0x{Xfrm:x}");

    private bool Bit(int number) => (Flags >> number & 1) != 0;
}
