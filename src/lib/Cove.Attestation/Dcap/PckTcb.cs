namespace Cove.Attestation.Dcap;

/// <summary>The versions that a PCK certificate is for.</summary>
/// <param name="Components">Versions of the 16 SGX TCB components.</param>
/// <param name="PceSvn">PCESVN.</param>
/// <param name="CpuSvn">CPUSVN, 16 bytes.</param>
public sealed record PckTcb(IReadOnlyList<byte> Components, ushort PceSvn, ReadOnlyMemory<byte> CpuSvn);
