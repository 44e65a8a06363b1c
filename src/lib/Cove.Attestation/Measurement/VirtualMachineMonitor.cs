namespace Cove.Attestation.Measurement;

/// <summary>Who launches the guest: each sets up processors and pages in its own way, and the launch digest shows it.</summary>
public enum VirtualMachineMonitor
{
    /// <summary>QEMU with KVM.</summary>
    Qemu,

    /// <summary>Amazon EC2.</summary>
    Ec2,

    /// <summary>Google Compute Engine.</summary>
    Gce,
}
