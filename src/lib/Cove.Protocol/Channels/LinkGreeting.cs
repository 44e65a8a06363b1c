using System.Security.Cryptography;
using Cove.Outcomes;

namespace Cove.Protocol.Channels;

/// <summary>
/// How a link begins, and begins again. A serial port has no connections, so what either side still finds in it may be of an earlier time:
/// the host sends a marker with a fresh nonce, the guest passes over everything up to a marker and gives the nonce back behind its own.
/// </summary>
internal static class LinkGreeting
{
    public const int NonceSize = 16;
    private const int MaxPassed = 16 * 1024 * 1024;

    // Neither can begin a frame in step: as a header, the first four bytes are a length beyond every limit.
    private static ReadOnlySpan<byte> Hello => [0xC0, 0x7E, 0x4C, 0xFF, 0x68, 0x65, 0x6C, 0x6F];

    private static ReadOnlySpan<byte> Welcome => [0xC0, 0x7E, 0x57, 0xFF, 0x68, 0x65, 0x72, 0x65];

    /// <summary>The host's half.</summary>
    public static async Task GreetAsync(Stream stream, CancellationToken cancellation)
    {
        var nonce = RandomNumberGenerator.GetBytes(NonceSize);
        await stream.WriteAsync((byte[])[.. Hello, .. nonce], cancellation);
        await FindAsync(stream, [.. Welcome, .. nonce], cancellation);
    }

    /// <summary>The guest's half.</summary>
    public static async Task WelcomeAsync(Stream stream, CancellationToken cancellation)
    {
        await FindAsync(stream, Hello.ToArray(), cancellation);
        var nonce = new byte[NonceSize];
        await stream.ReadExactlyAsync(nonce, cancellation);
        await stream.WriteAsync((byte[])[.. Welcome, .. nonce], cancellation);
    }

    private static async Task FindAsync(Stream stream, byte[] wanted, CancellationToken cancellation)
    {
        var window = new byte[wanted.Length];
        await stream.ReadExactlyAsync(window, cancellation);
        for (var passed = 0; !window.AsSpan().SequenceEqual(wanted); passed++)
        {
            if (passed == MaxPassed) throw new MalformedException("link", "greeting", $"not found within {MaxPassed} bytes", passed);
            window.AsSpan(1).CopyTo(window);
            await stream.ReadExactlyAsync(window.AsMemory(window.Length - 1), cancellation);
        }
    }
}
