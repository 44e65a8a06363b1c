namespace Cove.Protocol.Framing;

/// <summary>What a frame is for.</summary>
internal enum FrameKind : byte
{
    /// <summary>Host to guest: a call. JSON; id is new and greater than every id before it.</summary>
    Request = 1,

    /// <summary>Guest to host: the call succeeded. JSON.</summary>
    Response = 2,

    /// <summary>Guest to host: the call did not succeed. JSON of <see cref="Messages.CallError"/>.</summary>
    Error = 3,

    /// <summary>Guest to host: something happened. JSON; id is 0.</summary>
    Notification = 4,

    /// <summary>Either way: bytes of a call's stream.</summary>
    Data = 5,

    /// <summary>Either way: the receiver took this many bytes (u32) and the sender may send as many again.</summary>
    Credit = 6,

    /// <summary>Either way: the stream has no more bytes. No payload.</summary>
    End = 7,

    /// <summary>Host to guest: stop this call. No payload.</summary>
    Cancel = 8,

    /// <summary>Guest to host: what the call asks for was allowed and has begun; its answer follows when it is over. Empty.</summary>
    Begun = 9,

    /// <summary>Host to guest: the call's terminal has this size now: rows and columns, 2 bytes each.</summary>
    Resize = 10,
}
