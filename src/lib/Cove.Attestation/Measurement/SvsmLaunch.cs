using Cove.Outcomes;

namespace Cove.Attestation.Measurement;

/// <summary>Everything that a SEV-SNP launch digest covers when QEMU starts a service module (SVSM) below the firmware. Kernel hashes have no place in it.</summary>
public sealed record SvsmLaunch
{
    /// <summary>The firmware image, without its variables.</summary>
    public required OvmfImage Firmware { get; init; }

    /// <summary>The service module.</summary>
    public required SvsmImage ServiceModule { get; init; }

    /// <summary>Bytes of the firmware's variable store, which lies between the service module and the firmware.</summary>
    public required uint VariablesSize { get; init; }

    /// <summary>Number of virtual processors.</summary>
    public int Processors { get; init; } = 1;

    /// <summary>CPUID(1).EAX of the virtual processor type.</summary>
    public required uint ProcessorSignature { get; init; }

    /// <summary>Computes MEASUREMENT, 48 bytes.</summary>
    /// <exception cref="MalformedException">The images do not fit below four gigabytes, or are not made of whole pages.</exception>
    public byte[] Measure()
    {
        SnpLaunch.RequireProcessors(Processors);
        var below = (ulong)VariablesSize + (ulong)ServiceModule.Image.Length;
        if (below > Firmware.LoadAddress || VariablesSize % LaunchDigest.PageSize != 0)
            throw new MalformedException("SVSM launch", "variables", $"of {VariablesSize} bytes leave no place of whole pages for the service module");
        var address = Firmware.LoadAddress - below;
        var digest = new LaunchDigest();
        digest.AddPages(Firmware.LoadAddress, Firmware.Image.Span);
        digest.AddPages(address, ServiceModule.Image.Span);
        foreach (var section in ServiceModule.Sections)
        {
            digest.AddUnread(section.Kind switch
            {
                OvmfSectionKind.Secrets => LaunchPageKind.Secrets,
                OvmfSectionKind.Cpuid => LaunchPageKind.Cpuid,
                _ => LaunchPageKind.Zero,
            }, section.Address, section.Size);
        }

        var state = ProcessorState.ServiceModulePage(address + ServiceModule.EntryOffset, ProcessorSignature);
        for (var i = 0; i < Processors; i++) digest.AddProcessor(state);
        return digest.ToArray();
    }
}
