using Cove.Attestation.Snp;

namespace Cove.Runtime.Simulation;

/// <summary>What a host fixes when it launches a guest, and nobody can change afterwards.</summary>
public sealed class SimulatedLaunch
{
    /// <summary>Bytes of a launch digest.</summary>
    public const int MeasurementSize = 48;

    /// <summary>Bytes of HOST_DATA.</summary>
    public const int HostDataSize = 32;

    private readonly byte[] _measurement;
    private readonly byte[] _hostData;

    /// <summary>Fixes the three.</summary>
    /// <param name="measurement">The launch digest, <see cref="MeasurementSize"/> bytes; copied.</param>
    /// <param name="hostData">HOST_DATA, <see cref="HostDataSize"/> bytes: for a container group the SHA-256 of its policy; copied.</param>
    /// <param name="policy">The guest policy.</param>
    /// <exception cref="ArgumentException">One of them has another size.</exception>
    public SimulatedLaunch(ReadOnlySpan<byte> measurement, ReadOnlySpan<byte> hostData, GuestPolicy policy)
    {
        if (measurement.Length != MeasurementSize) throw new ArgumentException($"a launch digest has {MeasurementSize} bytes, not {measurement.Length}", nameof(measurement));
        if (hostData.Length != HostDataSize) throw new ArgumentException($"HOST_DATA has {HostDataSize} bytes, not {hostData.Length}", nameof(hostData));
        _measurement = measurement.ToArray();
        _hostData = hostData.ToArray();
        Policy = policy;
    }

    /// <summary>The policy under which Azure launches container groups: ABI 0.31 at least, SMT allowed, no debugging, no migration.</summary>
    public static GuestPolicy ContainerGroupPolicy { get; } = new(0x3001F);

    /// <summary>The launch digest.</summary>
    public ReadOnlySpan<byte> Measurement => _measurement;

    /// <summary>HOST_DATA.</summary>
    public ReadOnlySpan<byte> HostData => _hostData;

    /// <summary>The guest policy.</summary>
    public GuestPolicy Policy { get; }
}
