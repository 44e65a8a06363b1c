namespace Cove.Attestation.Tokens.Ear;

/// <summary>What an appraisal says of each aspect of an attester, as AR4SI 2.3.4 numbers it; 0 claims nothing.</summary>
public sealed record TrustworthinessVector
{
    /// <summary>Genuine, and known to need nothing.</summary>
    internal const sbyte Genuine = 2;

    /// <summary>A genuine configuration, or boot, that exposes nothing known.</summary>
    internal const sbyte Safe = 3;

    /// <summary>Genuine hardware with known weaknesses.</summary>
    internal const sbyte Weak = 32;

    /// <summary>Executables that no reference value knows.</summary>
    internal const sbyte UnrecognizedExecutables = 33;

    /// <summary>A configuration that lets others look in.</summary>
    internal const sbyte ExposedConfiguration = 36;

    /// <summary>Hardware of no known maker.</summary>
    internal const sbyte UnrecognizedHardware = 97;

    /// <summary>Settings of the attester.</summary>
    public sbyte Configuration { get; init; }

    /// <summary>What was loaded into it.</summary>
    public sbyte Executables { get; init; }

    /// <summary>The processor and its firmware.</summary>
    public sbyte Hardware { get; init; }

    /// <summary>The claims by their names, those about which nothing is claimed among them.</summary>
    public IReadOnlyList<(string Name, sbyte Value)> Claims =>
    [
        ("configuration", Configuration),
        ("executables", Executables),
        ("file-system", 0),
        ("hardware", Hardware),
        ("instance-identity", 0),
        ("runtime-opaque", 0),
        ("sourced-data", 0),
        ("storage-opaque", 0),
    ];

    /// <summary>The tier of the worst claim.</summary>
    public TrustTier Status => Claims.Max(claim => TierOf(claim.Value));

    /// <summary>The tier of one claim: AR4SI 2.3.2, negative values mirrored.</summary>
    public static TrustTier TierOf(sbyte value) => value switch
    {
        >= -1 and <= 1 => TrustTier.None,
        >= -32 and <= 31 => TrustTier.Affirming,
        >= -96 and <= 95 => TrustTier.Warning,
        _ => TrustTier.Contraindicated,
    };
}
