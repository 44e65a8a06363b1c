using System.Buffers.Binary;
using Cove.Outcomes;

namespace Cove.Protocol.SecureProcessor;

/// <summary>
/// How report messages travel over the simulated processor's stream socket: type u32, length u32 (both little-endian), message.
/// One request and its answer follow another on a connection. A peer that sends anything else is malformed, and its connection is
/// to be closed: there is no way to find the next message after a wrong header.
/// </summary>
public static class ReportFraming
{
    private const string Format = "secure processor frame";
    private const int HeaderSize = 8;

    /// <summary>Sends a request.</summary>
    public static Task WriteRequestAsync(Stream stream, ReportRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return WriteAsync(stream, ReportRequest.MessageType, request.Encode(), cancellation);
    }

    /// <summary>Sends an answer.</summary>
    public static Task WriteResponseAsync(Stream stream, ReportResponse response, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(response);
        return WriteAsync(stream, ReportResponse.MessageType, response.Encode(), cancellation);
    }

    /// <summary>Receives the next request; null where the peer closed the connection between two of them.</summary>
    /// <exception cref="MalformedException">Another type or length, a message cut short, or one that does not parse.</exception>
    public static async Task<ReportRequest?> ReadRequestAsync(Stream stream, CancellationToken cancellation = default)
    {
        var message = await ReadAsync(stream, ReportRequest.MessageType, ReportRequest.Size, cancellation);
        return message is null ? null : ReportRequest.Parse(message);
    }

    /// <summary>Receives the answer to a request.</summary>
    /// <exception cref="MalformedException">Another type or length, no message or one cut short, or one that does not parse.</exception>
    public static async Task<ReportResponse> ReadResponseAsync(Stream stream, CancellationToken cancellation = default)
    {
        var message = await ReadAsync(stream, ReportResponse.MessageType, ReportResponse.Size, cancellation)
            ?? throw new MalformedException(Format, "answer", "is missing: the connection was closed", 0);
        return ReportResponse.Parse(message);
    }

    private static async Task WriteAsync(Stream stream, uint type, byte[] message, CancellationToken cancellation)
    {
        var frame = new byte[HeaderSize + message.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, type);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), (uint)message.Length);
        message.CopyTo(frame, HeaderSize);
        await stream.WriteAsync(frame, cancellation);
        await stream.FlushAsync(cancellation);
    }

    private static async Task<byte[]?> ReadAsync(Stream stream, uint type, int size, CancellationToken cancellation)
    {
        var header = new byte[HeaderSize];
        var read = await stream.ReadAtLeastAsync(header, HeaderSize, throwOnEndOfStream: false, cancellation);
        if (read == 0) return null;
        if (read < HeaderSize) throw new MalformedException(Format, "header", $"ends after {read} bytes, expected {HeaderSize}", read);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) is var actualType && actualType != type)
            throw new MalformedException(Format, "type", $"is {actualType}, expected {type}", 0);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(4)) is var actualSize && actualSize != size)
            throw new MalformedException(Format, "length", $"is {actualSize}, expected {size}", 4);
        var message = new byte[size];
        read = await stream.ReadAtLeastAsync(message, size, throwOnEndOfStream: false, cancellation);
        if (read < size) throw new MalformedException(Format, "message", $"ends after {read} bytes, expected {size}", HeaderSize + read);
        return message;
    }
}
