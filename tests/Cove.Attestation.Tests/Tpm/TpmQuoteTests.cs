using System.Security.Cryptography;
using System.Text.Json;
using Cove.Attestation.Tests.Snp;
using Cove.Attestation.Tpm;
using Cove.Outcomes;

namespace Cove.Attestation.Tests.Tpm;

/// <summary>A quote that a TPM made, with the key that it was made with.</summary>
public sealed class TpmQuoteTests : IDisposable
{
    private readonly JsonDocument recorded = JsonDocument.Parse(Known.Bytes("coco-trustee/dcap/tpm_evidence.json"));
    private readonly RSA key = RSA.Create();

    public TpmQuoteTests() => key.ImportSubjectPublicKeyInfo(recorded.RootElement.GetProperty("ak_public").GetBytesFromBase64(), out _);

    private JsonElement Parts => recorded.RootElement.GetProperty("tpm_quote");

    private byte[] Message => Parts.GetProperty("message").GetBytesFromBase64();

    private byte[] Signature => Parts.GetProperty("signature").GetBytesFromBase64();

    private ReadOnlyMemory<byte>[] Pcrs => [.. Parts.GetProperty("pcrs").EnumerateArray().Select(pcr => (ReadOnlyMemory<byte>)Convert.FromHexString(pcr.GetString()!))];

    public void Dispose()
    {
        recorded.Dispose();
        key.Dispose();
    }

    [Fact]
    public void The_recorded_quote_is_by_its_key_about_its_PCRs()
    {
        var quote = TpmQuote.Parse(Message, Signature, Pcrs);
        Assert.Empty(quote.Verify(key));
        Assert.Equal(Enumerable.Range(0, 24), quote.Pcrs.Keys);
        Assert.Equal(64, quote.Nonce.Length);
        // The signature's own bytes say the same without their algorithm.
        Assert.Empty(TpmQuote.Parse(Message, Signature.AsSpan(6), Pcrs).Verify(key));
    }

    [Fact]
    public void One_changed_byte_of_message_signature_or_PCR_is_refused()
    {
        var (message, signature, pcrs) = (Message, Signature, Pcrs);
        message[60] ^= 1;
        Assert.Equal("tpm-quote-signature-invalid", Assert.Single(TpmQuote.Parse(message, signature, pcrs).Verify(key)).Code);
        signature[^1] ^= 1;
        Assert.Equal("tpm-quote-signature-invalid", Assert.Single(TpmQuote.Parse(Message, signature, pcrs).Verify(key)).Code);
        pcrs[16] = new byte[] { 1 }.Concat(new byte[31]).ToArray();
        Assert.Equal("tpm-pcr-mismatch", Assert.Single(TpmQuote.Parse(Message, Signature, pcrs).Verify(key)).Code);
    }

    [Fact]
    public void Missing_or_short_PCRs_and_other_structures_are_malformed()
    {
        Assert.Equal("PCR 23", Assert.Throws<MalformedException>(() => TpmQuote.Parse(Message, Signature, Pcrs[..23])).Field);
        var pcrs = Pcrs;
        pcrs[5] = new byte[20];
        Assert.Equal("PCR 5", Assert.Throws<MalformedException>(() => TpmQuote.Parse(Message, Signature, pcrs)).Field);
        Assert.Equal("PCRs", Assert.Throws<MalformedException>(() => TpmQuote.Parse(Message, Signature, [.. Pcrs, new byte[32]])).Field);
        Assert.Equal("end", Assert.Throws<MalformedException>(() => TpmQuote.Parse([.. Message, 0], Signature, Pcrs)).Field);
        Assert.Equal("size", Assert.Throws<MalformedException>(() => TpmQuote.Parse(Message, Signature.AsSpan()[..^1], Pcrs)).Field);
        var (kind, algorithm) = (Message, Signature);
        kind[5] = 0x17; // a certification of a key
        Assert.Equal("type", Assert.Throws<MalformedException>(() => TpmQuote.Parse(kind, Signature, Pcrs)).Field);
        algorithm[3] = 0x04; // SHA-1
        Assert.Equal("sigAlg", Assert.Throws<MalformedException>(() => TpmQuote.Parse(Message, algorithm, Pcrs)).Field);
    }

    [Fact]
    public void What_is_cut_off_anywhere_is_malformed()
    {
        for (var length = 0; length < Message.Length; length++) Assert.Throws<MalformedException>(() => TpmQuote.Parse(Message.AsSpan(0, length), Signature, Pcrs));
    }
}
