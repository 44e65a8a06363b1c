namespace Cove.Volumes.Luks;

/// <summary>How a volume is made. The defaults are those of the reference's image maker, and right for a pass phrase that is a random key.</summary>
public sealed record LuksOptions
{
    /// <summary>Bytes of a sector: 512, 1024, 2048 or 4096.</summary>
    public int SectorSize { get; init; } = 4096;

    /// <summary>A label of up to 47 bytes.</summary>
    public string Label { get; init; } = "";

    /// <summary>How the key slot's key is derived; null for PBKDF2 with SHA-256 and 1000 iterations.</summary>
    public LuksKeyDerivation? Derivation { get; init; }
}
