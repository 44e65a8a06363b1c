using Cove.Attestation.Maa.Policies;

namespace Cove.AttestationService.Signing;

/// <summary>When signing keys come and go. Instances that share a database follow one schedule, so that none signs with a key that another does not publish.</summary>
/// <param name="Period">How long a key signs.</param>
internal sealed record KeySchedule(TimeSpan Period)
{
    /// <summary>How long a key signs unless said otherwise.</summary>
    public static TimeSpan DefaultPeriod { get; } = TimeSpan.FromDays(90);

    /// <summary>Shortest period: keys stay published for <see cref="Kept"/>, and a key set holds only so many.</summary>
    public static TimeSpan ShortestPeriod { get; } = TimeSpan.FromDays(7);

    /// <summary>Longest period; the certificates of keys are valid for longer.</summary>
    public static TimeSpan LongestPeriod { get; } = TimeSpan.FromDays(2 * 365);

    /// <summary>How long before it signs a key is published, so that relying parties that cache keys for a day have it by then.</summary>
    public static TimeSpan Lead { get; } = TimeSpan.FromDays(1);

    /// <summary>How often an instance looks for what others have made; much shorter than <see cref="Lead"/>.</summary>
    public static TimeSpan Refresh { get; } = TimeSpan.FromMinutes(5);

    /// <summary>How long after its successor has begun to sign the private part is kept, for instances whose clocks are behind.</summary>
    public static TimeSpan Grace { get; } = TimeSpan.FromHours(1);

    /// <summary>How long after its successor has begun to sign a key is published: the longest life of a token that it signed at the end of its period.</summary>
    public static TimeSpan Kept { get; } = MaaPolicy.LongestLifetime + Grace;

    /// <summary>When the key after this one is to be made; it signs <see cref="Lead"/> later.</summary>
    public long NextMadeAt(long usedFrom) => usedFrom + (long)(Period - Lead).TotalSeconds;
}
