namespace Cove.Protocol.Launch;

/// <summary>The virtual machine of a group.</summary>
/// <param name="Image">The guest image's folder: kernel, initial files, command line, firmware.</param>
/// <param name="Mode">Who executes it: <c>tcg</c>, <c>kvm</c>, or <c>snp</c>: <c>kvm</c> with memory of its own.</param>
/// <param name="MemoryMiB">Its memory.</param>
/// <param name="Processors">Its processors, which are part of the measurement.</param>
public sealed record LaunchMachine(string Image, string Mode, int MemoryMiB, int Processors)
{
    /// <summary>QEMU's own translator.</summary>
    public const string Tcg = "tcg";

    /// <summary>The processor.</summary>
    public const string Kvm = "kvm";

    /// <summary>The processor, with memory that the host cannot read: SEV-SNP.</summary>
    public const string Snp = "snp";
}
