using System.Security.Cryptography;
using Cove.Outcomes;

namespace Cove.Attestation.Measurement;

/// <summary>
/// What the launch measurement of the older modes covers: of SEV, the firmware and the kernel hashes; of SEV-ES, the state of each processor
/// too. It is the digest that enters the firmware's launch measurement (SEV API 6.5.1), not the keyed value itself.
/// </summary>
public sealed record SevLaunch
{
    /// <summary>The firmware image.</summary>
    public required OvmfImage Firmware { get; init; }

    /// <summary>Kernel, initial file system and command line where the host loads them directly; null for a guest that boots from disk.</summary>
    public KernelHashes? Kernel { get; init; }

    /// <summary>SEV-ES: the state of the processors is encrypted, and measured.</summary>
    public bool EncryptedState { get; init; }

    /// <summary>Number of virtual processors; without effect unless <see cref="EncryptedState"/>.</summary>
    public int Processors { get; init; } = 1;

    /// <summary>CPUID(1).EAX of the virtual processor type; without effect unless <see cref="EncryptedState"/>.</summary>
    public uint ProcessorSignature { get; init; }

    /// <summary>Who launches; without effect unless <see cref="EncryptedState"/>.</summary>
    public VirtualMachineMonitor Monitor { get; init; } = VirtualMachineMonitor.Qemu;

    /// <summary>Computes the digest, 32 bytes.</summary>
    /// <exception cref="MalformedException">The firmware does not have what this launch needs.</exception>
    public byte[] Measure()
    {
        SnpLaunch.RequireProcessors(Processors);
        if (Kernel is not null && Firmware.HashTableAddress == 0)
            throw new MalformedException(OvmfImage.Format, "table", "has no place for kernel hashes, so this firmware cannot vouch for a kernel");
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        digest.AppendData(Firmware.Image.Span);
        if (Kernel is not null) digest.AppendData(Kernel.PaddedTable());
        if (!EncryptedState) return digest.GetHashAndReset();
        digest.AppendData(ProcessorState.Page(Monitor, ProcessorState.ResetVector, ProcessorSignature, features: 0));
        var others = Processors == 1 ? [] : ProcessorState.Page(Monitor, Firmware.RequireResetAddress(), ProcessorSignature, features: 0);
        for (var i = 1; i < Processors; i++) digest.AppendData(others);
        return digest.GetHashAndReset();
    }
}
