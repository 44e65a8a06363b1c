using System.Buffers.Binary;
using Cove.Outcomes;

namespace Cove.Runtime.Shim.Containerd;

/// <summary>gRPC's framing: a flag that says compressed or not, four bytes of length, the message.</summary>
internal static class GrpcMessages
{
    public const int MaxMessage = 16 * 1024 * 1024;

    private const int HeaderSize = 5;

    public static byte[] Frame(ReadOnlySpan<byte> message)
    {
        var framed = new byte[HeaderSize + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(framed.AsSpan(1), (uint)message.Length);
        message.CopyTo(framed.AsSpan(HeaderSize));
        return framed;
    }

    /// <summary>The next message; null at the stream's end.</summary>
    public static byte[]? Read(Stream stream)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        var got = stream.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false);
        if (got == 0) return null;
        if (got < HeaderSize) throw new MalformedException("gRPC message", "header", $"ends after {got} of {HeaderSize} bytes");
        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (header[0] != 0) throw new MalformedException("gRPC message", "compressed", "was not asked for");
        if (length > MaxMessage) throw new MalformedException("gRPC message", "length", $"is {length}, at most {MaxMessage} are read");
        var message = new byte[length];
        var read = stream.ReadAtLeast(message, message.Length, throwOnEndOfStream: false);
        return read == message.Length ? message : throw new MalformedException("gRPC message", "content", $"ends after {read} of {length} bytes");
    }
}
