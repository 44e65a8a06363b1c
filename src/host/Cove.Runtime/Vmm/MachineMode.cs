namespace Cove.Runtime.Vmm;

/// <summary>Who executes a machine's instructions, and whether its memory is its own.</summary>
internal enum MachineMode
{
    /// <summary>QEMU's own translator: everywhere, slowly.</summary>
    Tcg,

    /// <summary>The processor, by KVM.</summary>
    Kvm,

    /// <summary>The processor, with memory that this host cannot read: SEV-SNP.</summary>
    Snp,
}
