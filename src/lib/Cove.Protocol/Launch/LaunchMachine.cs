namespace Cove.Protocol.Launch;

/// <summary>The virtual machine of a group.</summary>
/// <param name="Image">The guest image's folder: kernel, initial files, command line, firmware.</param>
/// <param name="Mode">Who executes it: <c>tcg</c> or <c>kvm</c>.</param>
/// <param name="MemoryMiB">Its memory.</param>
/// <param name="Processors">Its processors, which are part of the measurement.</param>
public sealed record LaunchMachine(string Image, string Mode, int MemoryMiB, int Processors);
