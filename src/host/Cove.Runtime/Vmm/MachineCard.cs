namespace Cove.Runtime.Vmm;

/// <summary>A machine's network card.</summary>
/// <param name="Tap">The tap device in QEMU's network that its packets come out of.</param>
/// <param name="Mac">Its hardware address.</param>
internal sealed record MachineCard(string Tap, string Mac);
