using Cove.Runtime.Shim.Protobuf;

namespace Cove.Runtime.Shim.Messages;

/// <summary>How and when a process ended.</summary>
/// <param name="Code">Its exit code, or 128 plus the signal that ended it.</param>
internal sealed record ProcessExit(int Code, DateTimeOffset At)
{
    /// <summary>A WaitResponse.</summary>
    public byte[] ToWaitResponse() => new ProtobufWriter().Number(1, (ulong)Code).Message(2, Timestamp(At)).ToArray();

    /// <summary>A DeleteResponse.</summary>
    public byte[] ToDeleteResponse(int process) => new ProtobufWriter().Number(1, (ulong)process).Number(2, (ulong)Code).Message(3, Timestamp(At)).ToArray();

    /// <summary>A google.protobuf.Timestamp.</summary>
    public static byte[] Timestamp(DateTimeOffset time)
    {
        var ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        return ticks <= 0 ? [] : new ProtobufWriter().Number(1, ticks / TimeSpan.TicksPerSecond).Number(2, ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick).ToArray();
    }
}
