using System.Globalization;

namespace Cove.Attestation.Tdx;

/// <summary>ATTRIBUTES of a trust domain (TDX module ABI 3.4.1).</summary>
/// <param name="Value">All 64 bits.</param>
public readonly record struct TdAttributes(ulong Value)
{
    /// <summary>Every bit that the ABI defines today: the TUD byte, ICSSD, SERVTD_EXT, LASS to KL, TPA and PERFMON.</summary>
    internal const ulong Defined = 0x1 | 0x70 | 1UL << 16 | 1UL << 17 | 0xF800_0000UL | 1UL << 62 | 1UL << 63;

    /// <summary>The bits that put the domain under debug or its host's profilers: the TUD byte.</summary>
    internal const ulong UnderDebug = 0xFF;

    /// <summary>DEBUG: the host may read and write the domain's memory and state.</summary>
    public bool Debug => Bit(0);

    /// <summary>SEPT_VE_DISABLE: the host cannot make the domain fault on its own pages.</summary>
    public bool SeptVeDisable => Bit(28);

    /// <summary>MIGRATABLE: a migration domain may move it to another machine.</summary>
    public bool Migratable => Bit(29);

    /// <summary>PKS: supervisor protection keys.</summary>
    public bool ProtectionKeys => Bit(30);

    /// <summary>KL: key locker.</summary>
    public bool KeyLocker => Bit(31);

    /// <summary>PERFMON: performance monitoring.</summary>
    public bool PerformanceMonitoring => Bit(63);

    /// <summary>Hexadecimal, e.g. <c>0x10000000</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"0x{Value:x}");

    private bool Bit(int number) => (Value >> number & 1) != 0;
}
