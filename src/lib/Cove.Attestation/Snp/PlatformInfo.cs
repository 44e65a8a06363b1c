using System.Globalization;

namespace Cove.Attestation.Snp;

/// <summary>PLATFORM_INFO (SEV-SNP ABI 7.3): how the host's platform is set up.</summary>
/// <param name="Value">All 64 bits.</param>
public readonly record struct PlatformInfo(ulong Value)
{
    /// <summary>Every bit known today; bit 6 is named differently from one ABI revision to the next.</summary>
    internal const ulong Defined = 0xFF;

    /// <summary>Simultaneous multi-threading is on.</summary>
    public bool SmtEnabled => Bit(0);

    /// <summary>Transparent memory encryption is on.</summary>
    public bool TransparentEncryptionEnabled => Bit(1);

    /// <summary>Memory has error correction.</summary>
    public bool EccEnabled => Bit(2);

    /// <summary>Running average power limit is disabled.</summary>
    public bool RaplDisabled => Bit(3);

    /// <summary>DRAM ciphertext is hidden.</summary>
    public bool CiphertextHidingEnabled => Bit(4);

    /// <summary>Memory was checked for aliases since the last reset (the mitigation of BadRAM).</summary>
    public bool AliasCheckComplete => Bit(5);

    /// <summary>Trusted I/O is on.</summary>
    public bool TrustedIoEnabled => Bit(7);

    /// <summary>Hexadecimal, e.g. <c>0x25</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"0x{Value:x}");

    private bool Bit(int number) => (Value >> number & 1) != 0;
}
