namespace Cove.Protocol.Framing;

/// <summary>Every limit of the wire, checked before anything is allocated.</summary>
public static class ProtocolLimits
{
    /// <summary>The only version spoken today.</summary>
    public const ushort Version = 1;

    /// <summary>Most bytes of JSON in one frame: a policy of two megabytes in base64, or a secret volume of three.</summary>
    public const int MaxJsonBytes = 4 * 1024 * 1024;

    /// <summary>Most bytes of a stream in one frame.</summary>
    public const int MaxDataBytes = 64 * 1024;

    /// <summary>Bytes that may be under way on one channel of one call before the receiver grants more.</summary>
    public const int StreamWindow = 256 * 1024;

    /// <summary>Calls under way at once on one connection; the next is answered <c>failed</c> with code <c>busy</c>.</summary>
    public const int MaxCalls = 64;

    /// <summary>Connections a server holds at once; the next is closed.</summary>
    public const int MaxConnections = 64;

    /// <summary>Notifications that wait for a peer that does not read; the connection is closed beyond them.</summary>
    public const int MaxQueuedNotifications = 1024;

    /// <summary>Bytes that are passed over while looking for the reset marker of an answer.</summary>
    public const int MaxStaleBytes = 1024 * 1024;

    /// <summary>Deepest nesting of a JSON message.</summary>
    public const int MaxJsonDepth = 16;

    /// <summary>How long a peer may take to say hello.</summary>
    public static readonly TimeSpan HandshakeTime = TimeSpan.FromSeconds(30);
}
