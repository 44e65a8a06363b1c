namespace Cove.Protocol.Channels;

/// <summary>The limits of a link, checked before anything is allocated.</summary>
public static class ChannelLimits
{
    /// <summary>Most bytes of one frame.</summary>
    public const int MaxFrameBytes = 32 * 1024;

    /// <summary>Bytes that may be under way on one channel, each way, before the receiver grants more.</summary>
    public const int Window = 256 * 1024;

    /// <summary>Channels open at once; opening another is refused.</summary>
    public const int MaxChannels = 512;

    /// <summary>Ports that a host may announce.</summary>
    public const int MaxPorts = 64;
}
