namespace Cove.Formats.Jose;

/// <summary>A JWS whose signature a chosen key made. Only <see cref="CompactJws.Verify"/> makes one.</summary>
public sealed class VerifiedJws
{
    internal VerifiedJws(JwsHeader header, ReadOnlyMemory<byte> payload, Jwk key)
    {
        Header = header;
        Payload = payload;
        Key = key;
    }

    /// <summary>The protected header.</summary>
    public JwsHeader Header { get; }

    /// <summary>The payload's bytes.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>The key that verified it.</summary>
    public Jwk Key { get; }
}
