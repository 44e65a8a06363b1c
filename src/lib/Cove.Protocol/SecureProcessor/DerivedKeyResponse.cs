using System.Buffers.Binary;
using System.Security.Cryptography;
using Cove.Outcomes;

namespace Cove.Protocol.SecureProcessor;

/// <summary>MSG_KEY_RSP (SEV-SNP ABI): status u32, 28 reserved bytes, a key of 32 bytes. Disposing zeroes the key.</summary>
public sealed class DerivedKeyResponse : IDisposable
{
    /// <summary>The message type, as the firmware numbers it.</summary>
    public const uint MessageType = 4;

    /// <summary>Bytes of the whole message.</summary>
    public const int Size = 64;

    /// <summary>Bytes of a derived key.</summary>
    public const int KeySize = 32;

    private const string Format = "MSG_KEY_RSP";
    private const int ReservedOffset = 4;
    private const int KeyOffset = 32;
    private readonly byte[] key;

    private DerivedKeyResponse(uint status, byte[] key) => (Status, this.key) = (status, key);

    /// <summary><see cref="ReportResponse.Success"/>, or why there is no key.</summary>
    public uint Status { get; }

    /// <summary>The key, <see cref="KeySize"/> bytes; empty unless <see cref="Status"/> is <see cref="ReportResponse.Success"/>.</summary>
    public ReadOnlyMemory<byte> Key => key;

    /// <summary>An answer with a key, which is copied.</summary>
    /// <exception cref="MalformedException">The key is not <see cref="KeySize"/> bytes, or is all zero: no processor derives that one.</exception>
    public static DerivedKeyResponse Of(ReadOnlySpan<byte> key)
    {
        if (key.Length != KeySize) throw new MalformedException(Format, "DERIVED_KEY", $"is {key.Length} bytes, expected {KeySize}", KeyOffset);
        if (!key.ContainsAnyExcept((byte)0)) throw new MalformedException(Format, "DERIVED_KEY", "is zero", KeyOffset);
        var kept = GC.AllocateUninitializedArray<byte>(KeySize, pinned: true);
        key.CopyTo(kept);
        return new(ReportResponse.Success, kept);
    }

    /// <summary>An answer without a key.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The status is <see cref="ReportResponse.Success"/>.</exception>
    public static DerivedKeyResponse Failed(uint status)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(status, ReportResponse.Success);
        return new(status, []);
    }

    /// <summary>Reads a message.</summary>
    /// <exception cref="MalformedException">Wrong size, reserved bytes that are not zero, a key beside a failure, or none beside a success.</exception>
    public static DerivedKeyResponse Parse(ReadOnlySpan<byte> message)
    {
        if (message.Length != Size) throw new MalformedException(Format, "message", $"is {message.Length} bytes, expected {Size}");
        if (message[ReservedOffset..KeyOffset].ContainsAnyExcept((byte)0)) throw new MalformedException(Format, "reserved bytes", "are not zero", ReservedOffset);
        var status = BinaryPrimitives.ReadUInt32LittleEndian(message);
        if (status == ReportResponse.Success) return Of(message[KeyOffset..]);
        return message[KeyOffset..].ContainsAnyExcept((byte)0) ? throw new MalformedException(Format, "DERIVED_KEY", "stands beside a failure", KeyOffset) : Failed(status);
    }

    /// <summary>The message: <see cref="Size"/> bytes, which the caller zeroes.</summary>
    public byte[] Encode()
    {
        var message = new byte[Size];
        BinaryPrimitives.WriteUInt32LittleEndian(message, Status);
        key.CopyTo(message, KeyOffset);
        return message;
    }

    /// <summary>Zeroes the key.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(key);
}
