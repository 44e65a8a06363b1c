namespace Cove.Runtime.Vmm;

/// <summary>What a host fixes when it launches a machine under SEV-SNP.</summary>
/// <param name="Firmware">An OVMF image that compares kernel, initial files and command line with hashes that are measured (AmdSev).</param>
/// <param name="HostData">HOST_DATA, 32 bytes: the policy's SHA-256.</param>
/// <param name="GuestPolicy">The guest policy.</param>
/// <param name="EncryptionBit">Position of the C-bit, CPUID 8000001F EBX[5:0]; 51 on EPYC.</param>
/// <param name="IdBlock">The ID block, 96 bytes; empty for none.</param>
/// <param name="IdAuthentication">Its authentication information, 4096 bytes; empty for none.</param>
internal sealed record SnpSettings(
    string Firmware,
    ReadOnlyMemory<byte> HostData,
    ulong GuestPolicy,
    int EncryptionBit = 51,
    ReadOnlyMemory<byte> IdBlock = default,
    ReadOnlyMemory<byte> IdAuthentication = default);
