namespace Cove.Attestation.Snp;

/// <summary>Version of the SNP firmware.</summary>
/// <param name="Major">Major.</param>
/// <param name="Minor">Minor.</param>
/// <param name="Build">Build.</param>
public readonly record struct FirmwareVersion(byte Major, byte Minor, byte Build)
{
    /// <summary><c>major.minor.build</c>.</summary>
    public override string ToString() => $"{Major}.{Minor}.{Build}";
}
