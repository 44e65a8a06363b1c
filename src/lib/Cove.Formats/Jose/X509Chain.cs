using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Formats.Jose;

/// <summary>The <c>x5c</c> member of a key (RFC 7517 section 4.7) or a header (RFC 7515 section 4.1.6).</summary>
internal static class X509Chain
{
    internal static List<byte[]>? Read(JsonElement owner, string format, int maximum)
    {
        if (StrictJson.OptionalStrings(owner, "x5c", format, maximum) is not { } texts) return null;
        if (texts.Count == 0) throw new MalformedException(format, "x5c", "is empty");
        var chain = new List<byte[]>(texts.Count);
        foreach (var text in texts)
        {
            // Standard base64 with padding here, unlike everywhere else in JOSE.
            var bytes = new byte[text.Length / 4 * 3];
            if (text.AsSpan().ContainsAny(" \t\r\n") || !Convert.TryFromBase64String(text, bytes, out var length))
                throw new MalformedException(format, "x5c", "holds an entry that is not base64");
            chain.Add(bytes[..length]);
        }

        return chain;
    }
}
