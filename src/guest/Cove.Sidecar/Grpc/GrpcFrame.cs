using System.Buffers.Binary;

namespace Cove.Sidecar.Grpc;

/// <summary>A message on the wire: one byte that says whether it is compressed, its length as u32 big-endian, the message.</summary>
internal static class GrpcFrame
{
    /// <summary>Longest message, in bytes; gRPC's own default.</summary>
    public const int Limit = 4 * 1024 * 1024;

    private const int PrefixSize = 5;

    /// <summary>Reads the one message of a unary call. The caller zeroes it.</summary>
    /// <exception cref="GrpcException">Compressed, too long, cut short, or followed by another.</exception>
    public static async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        var message = await ReadNextAsync(stream, cancellation) ?? throw new GrpcException(GrpcStatus.Internal, "the request ends before its message");
        if (await stream.ReadAsync(new byte[1], cancellation) != 0)
            throw new GrpcException(GrpcStatus.Internal, "the request holds more than one message");
        return message;
    }

    /// <summary>Reads the next message of a stream; null at its end.</summary>
    /// <exception cref="GrpcException">Compressed, too long or cut short.</exception>
    public static async Task<byte[]?> ReadNextAsync(Stream stream, CancellationToken cancellation)
    {
        var prefix = new byte[PrefixSize];
        var read = await stream.ReadAtLeastAsync(prefix, PrefixSize, throwOnEndOfStream: false, cancellation);
        if (read == 0) return null;
        if (read < PrefixSize) throw new GrpcException(GrpcStatus.Internal, "the request ends before its message");
        if (prefix[0] != 0) throw new GrpcException(GrpcStatus.Unimplemented, "compressed messages are not understood");
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix.AsSpan(1));
        if (length > Limit)
            throw new GrpcException(GrpcStatus.ResourceExhausted, $"grpc: received message larger than max ({length} vs. {Limit})");
        var message = new byte[length];
        if (await stream.ReadAtLeastAsync(message, message.Length, throwOnEndOfStream: false, cancellation) < message.Length)
            throw new GrpcException(GrpcStatus.Internal, "the request ends within its message");
        return message;
    }

    /// <summary>Writes a message.</summary>
    public static async Task WriteAsync(Stream stream, ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        var prefix = new byte[PrefixSize];
        BinaryPrimitives.WriteUInt32BigEndian(prefix.AsSpan(1), (uint)message.Length);
        await stream.WriteAsync(prefix, cancellation);
        await stream.WriteAsync(message, cancellation);
    }
}
