using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Attestation.Dcap;

/// <summary>
/// A document of Intel's as its service delivers it: <c>{"NAME":{…},"signature":"128 hex digits"}</c>. What is signed is the text of the
/// inner object exactly as it stands there, so that text is kept and never written anew.
/// </summary>
internal sealed record SignedDocument(ReadOnlyMemory<byte> Signed, ReadOnlyMemory<byte> Signature)
{
    /// <summary>Largest document that is read, in bytes.</summary>
    public const int MaximumSize = 1024 * 1024;

    private const int SignatureSize = 64;

    /// <summary>Reads a whole document.</summary>
    public static SignedDocument Parse(ReadOnlyMemory<byte> utf8, string name, string format)
    {
        using var document = StrictJson.ParseObject(utf8, format, MaximumSize);
        if (!document.RootElement.TryGetProperty(name, out var inner) || inner.ValueKind != JsonValueKind.Object)
            throw new MalformedException(format, name, "is missing or not an object");
        return new SignedDocument(JsonMarshal.GetRawUtf8Value(inner).ToArray(), DcapJson.Hex(document.RootElement, "signature", SignatureSize, format));
    }

    /// <summary>Takes the inner object and the signature where they come apart.</summary>
    public static SignedDocument Of(ReadOnlyMemory<byte> inner, string signature, string format) =>
        new(inner, DcapJson.Hex(signature, "signature", SignatureSize, format));

    /// <summary>The document as the service delivers it.</summary>
    public byte[] ToDocument(string name)
    {
        var (head, tail) = (Encoding.UTF8.GetBytes($"{{\"{name}\":"), Encoding.UTF8.GetBytes($",\"signature\":\"{Convert.ToHexStringLower(Signature.Span)}\"}}"));
        return [.. head, .. Signed.Span, .. tail];
    }
}
