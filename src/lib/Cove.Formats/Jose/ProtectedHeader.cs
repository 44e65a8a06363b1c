using System.Text;
using Cove.Outcomes;

namespace Cove.Formats.Jose;

/// <summary>A JWS header as it is signed, read and encoded once for many signatures.</summary>
public sealed class ProtectedHeader
{
    private readonly byte[] _encoded;

    /// <summary>The header of these bytes.</summary>
    /// <param name="json">A JSON object in UTF-8; its bytes are kept as they are.</param>
    /// <exception cref="MalformedException">It is no header.</exception>
    public ProtectedHeader(ReadOnlyMemory<byte> json)
        : this(JwsHeader.Parse(json).Algorithm, json)
    {
    }

    private ProtectedHeader(string algorithm, ReadOnlyMemory<byte> json)
    {
        Algorithm = algorithm;
        _encoded = Encoding.ASCII.GetBytes(Base64Url.Encode(json.Span));
    }

    /// <summary>The <c>alg</c> member.</summary>
    public string Algorithm { get; }

    internal ReadOnlySpan<byte> Encoded => _encoded;

    internal static ProtectedHeader Of(JwsHeader header) => new(header.Algorithm, header.ToJson());
}
