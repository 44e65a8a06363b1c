namespace Cove.Runtime.Shim.Ttrpc;

/// <summary>One frame: data length (4 bytes), stream (4), kind (1), flags (1), data; integers big-endian.</summary>
/// <param name="Data">Null where the frame was longer than is accepted: its data was read and dropped.</param>
internal readonly record struct TtrpcFrame(uint Stream, TtrpcKind Kind, byte Flags, byte[]? Data)
{
    public const int HeaderSize = 10;
}
