using Cove.Outcomes;

namespace Cove.Attestation.Snp;

/// <summary>
/// What a relying party asks of the guest's POLICY beside debugging and migration, which are refused unless permitted. Nothing is asked that is
/// not said: an older host cannot even set the newer bits.
/// </summary>
public sealed record SnpGuestRequirements
{
    /// <summary>Nothing is asked.</summary>
    public static SnpGuestRequirements None { get; } = new();

    /// <summary>The guest may not run beside another on the same core (SMT).</summary>
    public bool ForbidSmt { get; init; }

    /// <summary>The guest may use no CXL devices.</summary>
    public bool ForbidCxl { get; init; }

    /// <summary>The guest may run on one socket only.</summary>
    public bool RequireSingleSocket { get; init; }

    /// <summary>Memory must be encrypted with AES-256-XTS.</summary>
    public bool RequireAes256Xts { get; init; }

    /// <summary>Running average power limit must be disabled (it is a side channel).</summary>
    public bool RequireRaplDisabled { get; init; }

    /// <summary>DRAM ciphertext must be hidden from the host.</summary>
    public bool RequireCiphertextHiding { get; init; }

    /// <summary>Guest pages may not be swapped.</summary>
    public bool RequirePageSwapDisabled { get; init; }

    /// <summary>Lowest firmware ABI version that the guest's POLICY may ask for: major.</summary>
    public byte MinimumAbiMajor { get; init; }

    /// <summary>Lowest firmware ABI version that the guest's POLICY may ask for: minor.</summary>
    public byte MinimumAbiMinor { get; init; }

    internal IEnumerable<Finding> Check(GuestPolicy policy)
    {
        (string Field, bool Asked, bool Actual, bool Wanted)[] bits =
        [
            ("POLICY.SMT", ForbidSmt, policy.SmtAllowed, false),
            ("POLICY.CXL_ALLOW", ForbidCxl, policy.CxlAllowed, false),
            ("POLICY.SINGLE_SOCKET", RequireSingleSocket, policy.SingleSocketRequired, true),
            ("POLICY.MEM_AES_256_XTS", RequireAes256Xts, policy.Aes256XtsRequired, true),
            ("POLICY.RAPL_DIS", RequireRaplDisabled, policy.RaplMustBeDisabled, true),
            ("POLICY.CIPHERTEXT_HIDING_DRAM", RequireCiphertextHiding, policy.CiphertextHidingRequired, true),
            ("POLICY.PAGE_SWAP_DISABLE", RequirePageSwapDisabled, policy.PageSwapDisabled, true),
        ];
        foreach (var (field, _, actual, wanted) in bits.Where(bit => bit.Asked && bit.Actual != bit.Wanted))
            yield return new("guest-policy-not-accepted", field, wanted ? "1" : "0", actual ? "1" : "0", SnpSections.Policy);
        if ((policy.AbiMajor, policy.AbiMinor).CompareTo((MinimumAbiMajor, MinimumAbiMinor)) < 0)
            yield return new("abi-below-minimum", "POLICY.ABI", $"at least {MinimumAbiMajor}.{MinimumAbiMinor}", $"{policy.AbiMajor}.{policy.AbiMinor}", SnpSections.Policy);
    }
}
