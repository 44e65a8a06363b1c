namespace Cove.Attestation.Measurement;

/// <summary>What a region of guest memory is for, in OVMF's SEV metadata.</summary>
public enum OvmfSectionKind
{
    /// <summary>Memory that the guest finds cleared.</summary>
    Memory = 1,

    /// <summary>The secrets page.</summary>
    Secrets = 2,

    /// <summary>The CPUID page.</summary>
    Cpuid = 3,

    /// <summary>Calling area of a secure service module.</summary>
    ServiceModuleCallingArea = 4,

    /// <summary>Hashes of kernel, initial file system and command line.</summary>
    KernelHashes = 0x10,
}

/// <summary>A region of guest memory that the host sets up before the guest starts.</summary>
/// <param name="Address">Guest physical address.</param>
/// <param name="Size">Size in bytes.</param>
/// <param name="Kind">What it is for.</param>
public readonly record struct OvmfSection(uint Address, uint Size, OvmfSectionKind Kind);
