namespace Cove.Runtime.Shim.Ttrpc;

/// <summary>Bounds of the wire (kata-and-containerd §4.1) and our own.</summary>
internal static class TtrpcLimits
{
    /// <summary>Most bytes of a frame's data; a longer frame is read to its end and refused.</summary>
    public const int MaxData = 4 * 1024 * 1024;

    /// <summary>Calls of one connection that may be open at a time: a Wait stays open for as long as a process lives.</summary>
    public const int MaxCalls = 4096;

    /// <summary>Connections to one server at a time; more are closed at once.</summary>
    public const int MaxConnections = 64;

    /// <summary>Most bytes of an error's text.</summary>
    public const int MaxErrorText = 32 * 1024;
}
