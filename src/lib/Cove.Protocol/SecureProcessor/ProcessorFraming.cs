using System.Buffers.Binary;
using System.Security.Cryptography;
using Cove.Outcomes;

namespace Cove.Protocol.SecureProcessor;

/// <summary>
/// How messages travel over the simulated processor's stream socket: type u32, length u32 (both little-endian), message.
/// One request and its answer follow another on a connection. A peer that sends anything else is malformed, and its connection is
/// to be closed: there is no way to find the next message after a wrong header.
/// </summary>
public static class ProcessorFraming
{
    private const string Format = "secure processor frame";
    private const int HeaderSize = 8;

    /// <summary>Sends a request.</summary>
    public static Task WriteRequestAsync(Stream stream, IProcessorRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return WriteAsync(stream, request.Type, request.Encode(), cancellation);
    }

    /// <summary>Sends a report.</summary>
    public static Task WriteResponseAsync(Stream stream, ReportResponse response, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(response);
        return WriteAsync(stream, ReportResponse.MessageType, response.Encode(), cancellation);
    }

    /// <summary>Sends a derived key.</summary>
    public static Task WriteResponseAsync(Stream stream, DerivedKeyResponse response, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(response);
        return WriteAsync(stream, DerivedKeyResponse.MessageType, response.Encode(), cancellation);
    }

    /// <summary>Receives the next request; null where the peer closed the connection between two of them.</summary>
    /// <exception cref="MalformedException">Another type or length, a message cut short, or one that does not parse.</exception>
    public static async Task<IProcessorRequest?> ReadRequestAsync(Stream stream, CancellationToken cancellation = default)
    {
        if (await ReadHeaderAsync(stream, cancellation) is not { } header) return null;
        return header.Type switch
        {
            ReportRequest.MessageType => ReportRequest.Parse(await ReadMessageAsync(stream, header.Length, ReportRequest.Size, cancellation)),
            DerivedKeyRequest.MessageType => DerivedKeyRequest.Parse(await ReadMessageAsync(stream, header.Length, DerivedKeyRequest.Size, cancellation)),
            var type => throw new MalformedException(Format, "type", $"is {type}, expected {ReportRequest.MessageType} or {DerivedKeyRequest.MessageType}", 0),
        };
    }

    /// <summary>Receives the answer to a <see cref="ReportRequest"/>.</summary>
    /// <exception cref="MalformedException">Another type or length, no message or one cut short, or one that does not parse.</exception>
    public static async Task<ReportResponse> ReadResponseAsync(Stream stream, CancellationToken cancellation = default) =>
        ReportResponse.Parse(await ReadAnswerAsync(stream, ReportResponse.MessageType, ReportResponse.Size, cancellation));

    /// <summary>Receives the answer to a <see cref="DerivedKeyRequest"/>.</summary>
    /// <exception cref="MalformedException">Another type or length, no message or one cut short, or one that does not parse.</exception>
    public static async Task<DerivedKeyResponse> ReadKeyResponseAsync(Stream stream, CancellationToken cancellation = default)
    {
        var message = await ReadAnswerAsync(stream, DerivedKeyResponse.MessageType, DerivedKeyResponse.Size, cancellation);
        try
        {
            return DerivedKeyResponse.Parse(message);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(message);
        }
    }

    // Messages may hold keys, so that no copy of one stays.
    private static async Task WriteAsync(Stream stream, uint type, byte[] message, CancellationToken cancellation)
    {
        var frame = new byte[HeaderSize + message.Length];
        try
        {
            BinaryPrimitives.WriteUInt32LittleEndian(frame, type);
            BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), (uint)message.Length);
            message.CopyTo(frame, HeaderSize);
            await stream.WriteAsync(frame, cancellation);
            await stream.FlushAsync(cancellation);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(frame);
            CryptographicOperations.ZeroMemory(message);
        }
    }

    private static async Task<byte[]> ReadAnswerAsync(Stream stream, uint type, int size, CancellationToken cancellation)
    {
        var header = await ReadHeaderAsync(stream, cancellation) ?? throw new MalformedException(Format, "answer", "is missing: the connection was closed", 0);
        if (header.Type != type) throw new MalformedException(Format, "type", $"is {header.Type}, expected {type}", 0);
        return await ReadMessageAsync(stream, header.Length, size, cancellation);
    }

    private static async Task<(uint Type, uint Length)?> ReadHeaderAsync(Stream stream, CancellationToken cancellation)
    {
        var header = new byte[HeaderSize];
        var read = await stream.ReadAtLeastAsync(header, HeaderSize, throwOnEndOfStream: false, cancellation);
        if (read == 0) return null;
        if (read < HeaderSize) throw new MalformedException(Format, "header", $"ends after {read} bytes, expected {HeaderSize}", read);
        return (BinaryPrimitives.ReadUInt32LittleEndian(header), BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(4)));
    }

    private static async Task<byte[]> ReadMessageAsync(Stream stream, uint length, int size, CancellationToken cancellation)
    {
        if (length != size) throw new MalformedException(Format, "length", $"is {length}, expected {size}", 4);
        var message = new byte[size];
        var read = await stream.ReadAtLeastAsync(message, size, throwOnEndOfStream: false, cancellation);
        if (read < size) throw new MalformedException(Format, "message", $"ends after {read} bytes, expected {size}", HeaderSize + read);
        return message;
    }
}
