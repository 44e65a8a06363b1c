namespace Cove.Sidecar.Attest;

/// <summary>What an attestation service needs to verify this machine: a report, the certificates of its TCB, the measurement's endorsement.</summary>
internal sealed record Collateral(ReadOnlyMemory<byte> Report, byte[] CertificatesPem, byte[] Endorsement);
