using System.Security.Cryptography;
using System.Text;
using Cove.Outcomes;

namespace Cove.Policy;

/// <summary>The text of a policy: the exact bytes that are hashed into <c>HOST_DATA</c> (spec §1.2).</summary>
public sealed class PolicyText
{
    /// <summary>Largest policy that is read, in bytes.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>Size of <c>HOST_DATA</c>, in bytes.</summary>
    public const int HostDataSize = SHA256.HashSizeInBytes;

    private readonly byte[] bytes;
    private readonly byte[] hostData;

    private PolicyText(byte[] bytes, string text) => (this.bytes, hostData, Text) = (bytes, SHA256.HashData(bytes), text);

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <summary>The bytes of the text, UTF-8.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>Standard base64 with padding: how templates and requests carry it.</summary>
    public string Base64 => Convert.ToBase64String(bytes);

    /// <summary>SHA-256 of the bytes, 32 bytes: what the hardware report shows as <c>HOST_DATA</c>.</summary>
    public ReadOnlyMemory<byte> HostData => hostData;

    /// <summary><see cref="HostData"/> in lower-case hexadecimal, 64 digits.</summary>
    public string HostDataHex => Convert.ToHexStringLower(hostData);

    /// <summary>Takes the bytes as they are.</summary>
    /// <exception cref="MalformedException">Empty, over <see cref="MaxBytes"/>, or not UTF-8.</exception>
    public static PolicyText FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) throw new MalformedException("policy", "text", "is empty: an absent policy allows nothing");
        if (bytes.Length > MaxBytes) throw new MalformedException("policy", "text", $"is {bytes.Length} bytes, at most {MaxBytes}");
        try
        {
            return new PolicyText(bytes.ToArray(), new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes));
        }
        catch (DecoderFallbackException e)
        {
            throw new MalformedException("policy", "text", "is not UTF-8", e.Index, e);
        }
    }

    /// <summary>Takes a text.</summary>
    /// <exception cref="MalformedException">Empty or over <see cref="MaxBytes"/>.</exception>
    public static PolicyText FromText(string text) => FromBytes(Encoding.UTF8.GetBytes(text));

    /// <summary>Takes the base64 of a template or a request.</summary>
    /// <exception cref="MalformedException">Not base64, empty, too long, or not UTF-8.</exception>
    public static PolicyText FromBase64(string base64)
    {
        if (base64.Length > (MaxBytes / 3 * 4) + 4) throw new MalformedException("policy", "base64", $"is {base64.Length} characters");
        try
        {
            return FromBytes(Convert.FromBase64String(base64));
        }
        catch (FormatException e)
        {
            throw new MalformedException("policy", "base64", "is not base64", inner: e);
        }
    }
}
