namespace Cove.Attestation.Tdx;

/// <summary>One measured event (TCG PC Client, TCG_PCR_EVENT2).</summary>
/// <param name="Register">Into which register it was measured: 0 MRTD, 1 to 4 RTMR0 to RTMR3.</param>
/// <param name="Type">Event type, e.g. 0x80000001.</param>
/// <param name="Digest">SHA-384 that was measured, 48 bytes.</param>
/// <param name="Data">What the log says about it. Only the digest was measured; whether it is that of the data depends on the type.</param>
/// <param name="Offset">Where the event begins in the log.</param>
public sealed record EventLogEntry(uint Register, uint Type, ReadOnlyMemory<byte> Digest, ReadOnlyMemory<byte> Data, int Offset)
{
    /// <summary>EV_NO_ACTION: informs, and was not measured.</summary>
    public const uint NoAction = 3;

    /// <summary>Whether the digest is the SHA-384 of the data as it stands here.</summary>
    public bool DigestIsOfData => Digest.Span.SequenceEqual(System.Security.Cryptography.SHA384.HashData(Data.Span));

    /// <summary>Whether it was measured into a run-time register.</summary>
    public bool IsMeasured => Type != NoAction && Register >= 1;
}
