using Cove.Outcomes;

namespace Cove.Attestation.Measurement;

/// <summary>Everything that a SEV-SNP launch digest covers, for a guest that OVMF starts: what MEASUREMENT must be when a host launches exactly this.</summary>
public sealed record SnpLaunch
{
    /// <summary>Most virtual processors.</summary>
    public const int MaximumProcessors = 4096;

    /// <summary>The firmware image.</summary>
    public required OvmfImage Firmware { get; init; }

    /// <summary>Kernel, initial file system and command line where the host loads them directly; null for a guest that boots from disk.</summary>
    public KernelHashes? Kernel { get; init; }

    /// <summary>Number of virtual processors.</summary>
    public int Processors { get; init; } = 1;

    /// <summary>CPUID(1).EAX of the virtual processor type, e.g. 0x00A00F11 for EPYC-Milan.</summary>
    public required uint ProcessorSignature { get; init; }

    /// <summary>SEV_FEATURES of every processor (AMD APM 2, table B-4); bit 0, SNP active, is always set.</summary>
    public ulong GuestFeatures { get; init; } = 1;

    /// <summary>
    /// Digest over the firmware's pages alone (<see cref="MeasureFirmware"/>), 48 bytes, where only the end of the image is at hand; empty to
    /// measure <see cref="Firmware"/> itself.
    /// </summary>
    public ReadOnlyMemory<byte> FirmwareDigest { get; init; }

    /// <summary>Who launches.</summary>
    public VirtualMachineMonitor Monitor { get; init; } = VirtualMachineMonitor.Qemu;

    /// <summary>Computes MEASUREMENT, 48 bytes.</summary>
    /// <exception cref="MalformedException">The firmware does not have what this launch needs.</exception>
    public byte[] Measure()
    {
        RequireProcessors(Processors);
        if (Firmware.Sections.Count == 0) throw new MalformedException(OvmfImage.Format, "table", "has no SEV metadata");
        if (Kernel is not null && !Firmware.Sections.Any(section => section.Kind == OvmfSectionKind.KernelHashes))
            throw new MalformedException(OvmfImage.Format, "metadata", "has no section for kernel hashes, so this firmware cannot vouch for a kernel");
        var digest = FirmwareDigest.IsEmpty ? new LaunchDigest() : new LaunchDigest(FirmwareDigest.Span);
        if (FirmwareDigest.IsEmpty) digest.AddPages(Firmware.LoadAddress, Firmware.Image.Span);
        // EC2 adds the CPUID page after all others.
        var last = Monitor == VirtualMachineMonitor.Ec2 ? OvmfSectionKind.Cpuid : (OvmfSectionKind?)null;
        foreach (var section in Firmware.Sections.Where(section => section.Kind != last)) Add(digest, section);
        foreach (var section in Firmware.Sections.Where(section => section.Kind == last)) Add(digest, section);
        digest.AddProcessor(ProcessorState.Page(Monitor, ProcessorState.ResetVector, ProcessorSignature, GuestFeatures));
        var others = Processors == 1 ? [] : ProcessorState.Page(Monitor, Firmware.RequireResetAddress(), ProcessorSignature, GuestFeatures);
        for (var i = 1; i < Processors; i++) digest.AddProcessor(others);
        return digest.ToArray();
    }

    /// <summary>The launch digest over a firmware image's pages alone, 48 bytes.</summary>
    /// <exception cref="MalformedException">The image is not made of whole pages.</exception>
    public static byte[] MeasureFirmware(OvmfImage firmware)
    {
        var digest = new LaunchDigest();
        digest.AddPages(firmware.LoadAddress, firmware.Image.Span);
        return digest.ToArray();
    }

    internal static void RequireProcessors(int processors)
    {
        if (processors is < 1 or > MaximumProcessors) throw new MalformedException("launch", "processors", $"are {processors}, expected 1 to {MaximumProcessors}");
    }

    private void Add(LaunchDigest digest, OvmfSection section)
    {
        switch (section.Kind)
        {
            case OvmfSectionKind.Secrets:
                digest.AddUnread(LaunchPageKind.Secrets, section.Address, section.Size);
                break;
            case OvmfSectionKind.Cpuid:
                digest.AddUnread(LaunchPageKind.Cpuid, section.Address, section.Size);
                break;
            case OvmfSectionKind.KernelHashes when Kernel is not null:
                digest.AddPages(section.Address, Kernel.Section(Firmware.HashTableAddress, section.Size));
                break;
            case OvmfSectionKind.Memory when Monitor == VirtualMachineMonitor.Gce:
                digest.AddUnread(LaunchPageKind.Unmeasured, section.Address, section.Size);
                break;
            default:
                digest.AddUnread(LaunchPageKind.Zero, section.Address, section.Size);
                break;
        }
    }
}
