using System.Security.Cryptography;
using System.Text.Json;
using Cove.Attestation.Tpm;

namespace Cove.Fuzz.Targets;

/// <summary>TPM quotes. An input is the length of the signature in one byte, divided by two, the signature, then what it signs.</summary>
internal sealed class TpmQuotes : ITarget
{
    private static readonly ReadOnlyMemory<byte>[] Pcrs = [.. Enumerable.Repeat(new ReadOnlyMemory<byte>(new byte[32]), TpmQuote.PcrCount)];
    private readonly RSA key = RSA.Create(2048);

    public string Name => "tpm-quote";

    public IEnumerable<byte[]> Seeds(SeedFiles files)
    {
        foreach (var json in files.Attestation("coco-trustee/dcap/tpm_evidence.json"))
        {
            using var document = JsonDocument.Parse(json);
            var quote = document.RootElement.GetProperty("tpm_quote");
            var signature = quote.GetProperty("signature").GetBytesFromBase64();
            yield return [(byte)(signature.Length / 2), .. signature, .. quote.GetProperty("message").GetBytesFromBase64()];
        }
    }

    public void Run(byte[] input)
    {
        if (input.Length == 0) input = [0];
        var end = Math.Min(1 + (2 * input[0]), input.Length);
        TpmQuote.Parse(input.AsSpan(end), input.AsSpan(1..end), Pcrs).Verify(key);
    }
}
