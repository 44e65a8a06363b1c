namespace Cove.Protocol.SecureProcessor;

/// <summary>GUEST_FIELD_SELECT (SEV-SNP ABI, table "MSG_KEY_REQ"): what of the guest goes into a derived key, so that a guest that differs in it gets another one.</summary>
[Flags]
public enum GuestFields : ulong
{
    /// <summary>Nothing: every guest of the chip gets the same key.</summary>
    None = 0,

    /// <summary>The launch policy.</summary>
    Policy = 1,

    /// <summary>IMAGE_ID of the ID block.</summary>
    ImageId = 2,

    /// <summary>FAMILY_ID of the ID block.</summary>
    FamilyId = 4,

    /// <summary>The launch digest.</summary>
    Measurement = 8,

    /// <summary>The guest's security version that the request names, which may not be above its own.</summary>
    GuestSvn = 16,

    /// <summary>The TCB version that the request names, which may not be above the one that the platform has committed to.</summary>
    TcbVersion = 32,
}
