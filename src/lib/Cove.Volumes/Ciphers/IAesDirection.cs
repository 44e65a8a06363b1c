using System.Runtime.Intrinsics;

namespace Cove.Volumes.Ciphers;

/// <summary>The rounds of AES in one direction, by the processor's instructions. Implemented by types without content, so that the compiler makes one loop for each.</summary>
internal interface IAesDirection
{
    /// <summary>Any round but the last.</summary>
    static abstract Vector128<byte> Round(Vector128<byte> block, Vector128<byte> key);

    /// <summary>The last round.</summary>
    static abstract Vector128<byte> LastRound(Vector128<byte> block, Vector128<byte> key);
}
