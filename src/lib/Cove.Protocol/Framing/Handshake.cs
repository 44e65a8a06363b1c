using System.Buffers.Binary;
using System.Security.Cryptography;
using Cove.Outcomes;

namespace Cove.Protocol.Framing;

/// <summary>
/// How a connection begins. Host: reset marker (8), nonce (16), lowest and highest version it speaks (u16 each). Guest: the marker, the
/// same nonce, the version chosen (u16, 0 where none fits) and its largest JSON payload (u32). A serial port has no connections, so bytes
/// of an earlier one may still arrive: the host passes over everything up to the marker with *its* nonce.
/// </summary>
internal static class Handshake
{
    public const int NonceSize = 16;
    public const int HelloSize = 8 + NonceSize + 4;
    public const int WelcomeSize = 8 + NonceSize + 6;

    /// <summary>Begins with a byte that no UTF-8 text holds and a kind byte that no frame has, so it is never part of a stream in step.</summary>
    private static ReadOnlySpan<byte> Marker => [0xFF, 0xC0, 0x7E, 0x0A, 0xFE, 0x52, 0x53, 0x54];

    /// <summary>The host's half. Returns the version agreed on.</summary>
    public static async Task<ushort> GreetAsync(Stream stream, CancellationToken cancellation)
    {
        var hello = new byte[HelloSize];
        Marker.CopyTo(hello);
        RandomNumberGenerator.Fill(hello.AsSpan(8, NonceSize));
        BinaryPrimitives.WriteUInt16LittleEndian(hello.AsSpan(24), ProtocolLimits.Version);
        BinaryPrimitives.WriteUInt16LittleEndian(hello.AsSpan(26), ProtocolLimits.Version);
        await stream.WriteAsync(hello, cancellation);

        var welcome = await FindAsync(stream, hello.AsMemory(0, 8 + NonceSize), cancellation);
        var version = BinaryPrimitives.ReadUInt16LittleEndian(welcome);
        if (version != ProtocolLimits.Version)
            throw new MalformedException("handshake", "version", $"is {version}, this host speaks {ProtocolLimits.Version}", 24);
        return version;
    }

    /// <summary>The guest's half: refuses anything that is not a hello, and says so by closing.</summary>
    public static async Task WelcomeAsync(Stream stream, CancellationToken cancellation)
    {
        var hello = new byte[HelloSize];
        var got = await stream.ReadAtLeastAsync(hello, HelloSize, throwOnEndOfStream: false, cancellation);
        if (got < HelloSize) throw new MalformedException("handshake", "hello", $"ends after {got} of {HelloSize} bytes", got);
        if (!hello.AsSpan(0, 8).SequenceEqual(Marker)) throw new MalformedException("handshake", "marker", "is not the reset marker", 0);
        var lowest = BinaryPrimitives.ReadUInt16LittleEndian(hello.AsSpan(24));
        var highest = BinaryPrimitives.ReadUInt16LittleEndian(hello.AsSpan(26));
        var chosen = lowest <= ProtocolLimits.Version && ProtocolLimits.Version <= highest ? ProtocolLimits.Version : (ushort)0;

        var welcome = new byte[WelcomeSize];
        hello.AsSpan(0, 8 + NonceSize).CopyTo(welcome);
        BinaryPrimitives.WriteUInt16LittleEndian(welcome.AsSpan(24), chosen);
        BinaryPrimitives.WriteUInt32LittleEndian(welcome.AsSpan(26), ProtocolLimits.MaxJsonBytes);
        await stream.WriteAsync(welcome, cancellation);
        if (chosen == 0)
            throw new MalformedException("handshake", "version", $"{lowest} to {highest} does not include {ProtocolLimits.Version}", 24);
    }

    private static async Task<byte[]> FindAsync(Stream stream, ReadOnlyMemory<byte> expected, CancellationToken cancellation)
    {
        // One byte at a time only while out of step, which on a socket never happens: there the first read is the welcome.
        var window = new byte[WelcomeSize];
        await ReadWholeAsync(stream, window, cancellation);
        for (var passed = 0; !window.AsSpan(0, expected.Length).SequenceEqual(expected.Span); passed++)
        {
            if (passed == ProtocolLimits.MaxStaleBytes)
                throw new MalformedException("handshake", "marker", $"not found within {ProtocolLimits.MaxStaleBytes} bytes", passed);
            window.AsSpan(1).CopyTo(window);
            await ReadWholeAsync(stream, window.AsMemory(WelcomeSize - 1), cancellation);
        }

        return window[expected.Length..];
    }

    private static async Task ReadWholeAsync(Stream stream, Memory<byte> buffer, CancellationToken cancellation)
    {
        if (await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation) < buffer.Length)
            throw new UnavailableException("guest", "it closed the connection during the handshake");
    }
}
