namespace Cove.Runtime.Shim.Ttrpc;

/// <summary>What a frame carries.</summary>
internal enum TtrpcKind : byte
{
    Request = 1,
    Response = 2,

    /// <summary>A message of a stream. No call of ours streams, so none is accepted.</summary>
    Data = 3,
}
