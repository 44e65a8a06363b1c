using System.Globalization;
using System.Text;
using System.Text.Json;
using Cove.Sidecar.GoText;

namespace Cove.Sidecar.Uvm;

/// <summary>The certificates of this chip as the host's cache gives them: PEM texts and the TCB they are for.</summary>
/// <param name="Vcek">The chip's certificate, PEM.</param>
/// <param name="Chain">The certificates above it, PEM.</param>
/// <param name="Tcb">The TCB in hex, most significant byte first, in the cache's own spelling.</param>
internal sealed record ThimCertificates(string Vcek, string Chain, string Tcb)
{
    public static ThimCertificates Empty { get; } = new(string.Empty, string.Empty, string.Empty);

    /// <summary>Leaf first, as a verifier wants them.</summary>
    public string Pem => Vcek + Chain;

    /// <summary>Reads <c>{"vcekCert","tcbm","certificateChain","cacheControl"}</c>.</summary>
    /// <exception cref="SkrFailureException">It is not JSON of this shape.</exception>
    public static ThimCertificates Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return new ThimCertificates(root.Text("vcekCert"), root.Text("certificateChain"), root.Text("tcbm"));
        }
        catch (Exception e) when (e is JsonException or SkrFailureException)
        {
            throw new SkrFailureException("failed to unmarshal THIM certificate", e);
        }
    }

    /// <summary>Reads base64 of that JSON.</summary>
    /// <exception cref="SkrFailureException">It is not base64 of JSON of this shape.</exception>
    public static ThimCertificates ParseBase64(string base64)
    {
        try
        {
            return Parse(GoBase64.Decode(base64));
        }
        catch (SkrFailureException e)
        {
            throw new SkrFailureException("base64 decoding platform certs failed", e);
        }
    }

    /// <summary>The TCB as the number that reports carry.</summary>
    /// <exception cref="SkrFailureException">It is not up to 16 hex digits.</exception>
    public ulong TcbValue() => ulong.TryParse(Tcb, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
        ? value
        : throw new SkrFailureException($"failed to parse THIM TCBM: \"{Tcb}\" is not a hexadecimal number of 64 bits");

    /// <summary>The PEM chain as bytes.</summary>
    public byte[] PemBytes() => Encoding.ASCII.GetBytes(Pem);
}
