using System.Globalization;

namespace Cove.Attestation.Snp;

/// <summary>The guest's POLICY (SEV-SNP ABI 4.3): what the host was told at launch it may do.</summary>
/// <param name="Value">All 64 bits.</param>
public readonly record struct GuestPolicy(ulong Value)
{
    /// <summary>Bit 17, which the ABI requires to be one.</summary>
    internal const ulong MustBeOne = 1UL << 17;

    /// <summary>Every bit the ABI defines.</summary>
    internal const ulong Defined = (1UL << 26) - 1;

    /// <summary>Lowest firmware ABI version that may run the guest: major.</summary>
    public byte AbiMajor => (byte)(Value >> 8);

    /// <summary>Lowest firmware ABI version that may run the guest: minor.</summary>
    public byte AbiMinor => (byte)Value;

    /// <summary>Simultaneous multi-threading is allowed.</summary>
    public bool SmtAllowed => Bit(16);

    /// <summary>A migration agent may be associated.</summary>
    public bool MigrationAgentAllowed => Bit(18);

    /// <summary>The host may read and write the guest's memory through debug commands.</summary>
    public bool DebugAllowed => Bit(19);

    /// <summary>The guest may run on one socket only.</summary>
    public bool SingleSocketRequired => Bit(20);

    /// <summary>CXL devices are allowed.</summary>
    public bool CxlAllowed => Bit(21);

    /// <summary>Memory must be encrypted with AES-256-XTS.</summary>
    public bool Aes256XtsRequired => Bit(22);

    /// <summary>Running average power limit must be disabled.</summary>
    public bool RaplMustBeDisabled => Bit(23);

    /// <summary>DRAM ciphertext must be hidden.</summary>
    public bool CiphertextHidingRequired => Bit(24);

    /// <summary>Guest pages may not be swapped.</summary>
    public bool PageSwapDisabled => Bit(25);

    /// <summary>Hexadecimal, e.g. <c>0x3001f</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"0x{Value:x}");

    private bool Bit(int number) => (Value >> number & 1) != 0;
}
