namespace Cove.Attestation.Uvm;

/// <summary>An endorsement by an accepted issuer of exactly the measurement that was reported. Only a verifier makes one.</summary>
public sealed class VerifiedUvmEndorsement
{
    internal VerifiedUvmEndorsement(UvmEndorsement endorsement)
    {
        Issuer = endorsement.Issuer;
        Feed = endorsement.Feed;
        Svn = endorsement.Svn;
        Measurement = endorsement.Measurement;
    }

    /// <summary>Who endorsed: a <c>did:x509</c>.</summary>
    public string Issuer { get; }

    /// <summary>The line of images.</summary>
    public string Feed { get; }

    /// <summary>The image's security version.</summary>
    public long Svn { get; }

    /// <summary>The endorsed launch measurement, 48 bytes.</summary>
    public ReadOnlyMemory<byte> Measurement { get; }
}
