using Cove.Attestation.Maa;
using Cove.Formats.Jose;

namespace Cove.Fuzz.Targets;

/// <summary>
/// Bodies of POST /attest/AzureGuest, SgxEnclave, OpenEnclave and TdxVm. An input without the member of a body is tried as the document inside AttestationInfo, which base64 would hide.
/// </summary>
internal sealed class GuestRequests : ITarget
{
    public string Name => "guest-request";

    public IEnumerable<string> Words =>
    [
        "\"AttestationInfo\"", "\"AttestationProtocolVersion\"", "\"2.0\"", "\"TpmInfo\"", "\"PcrQuote\"", "\"PcrSignature\"", "\"PCRs\"", "\"Index\"", "\"Digest\"", "\"EncKeyCertifyInfo\"",
        "\"EncKeyCertifyInfoSignature\"", "\"EncKeyPub\"", "\"AikPub\"", "\"IsolationInfo\"", "\"Type\"", "\"SevSnp\"", "\"Tdx\"", "\"Evidence\"", "\"RunTimeData\"", "\"Proof\"", "\"ClientPayload\"",
        "\"quote\"", "\"report\"", "\"runtimeData\"", "\"initTimeData\"", "\"data\"", "\"dataType\"", "\"JSON\"", "\"nonce\"", "\"EnclaveHeldData\"", "e30",
    ];

    public IEnumerable<byte[]> Seeds(SeedFiles files) =>
    [
        """{"AttestationProtocolVersion":"2.0","TpmInfo":{"PcrQuote":"_1RDR4AY","PcrSignature":"AAAA","PCRs":[{"Index":0,"Digest":"AAAA"}],"EncKeyCertifyInfo":"AAAA","EncKeyCertifyInfoSignature":"AAAA","EncKeyPub":"AAAA","AikPub":"AAAA"},"IsolationInfo":{"Type":"SevSnp","Evidence":{"RunTimeData":"e30","Proof":"e30"}}}"""u8.ToArray(),
        """{"quote":"AwACAAAAAAA","runtimeData":{"data":"e30","dataType":"JSON"},"nonce":1}"""u8.ToArray(),
        """{"report":"AQAAAAIAAAA","runtimeData":{"data":"e30","dataType":"Binary"}}"""u8.ToArray(),
    ];

    public void Run(byte[] input)
    {
        var body = input.AsSpan();
        if (body.IndexOf("\"quote\""u8) >= 0) Either(() => QuoteRequest.ParseSgxEnclave(input), () => QuoteRequest.ParseTdxVm(input));
        else if (body.IndexOf("\"report\""u8) >= 0) QuoteRequest.ParseOpenEnclave(input);
        else if (body.IndexOf("\"AttestationInfo\""u8) >= 0) AzureGuestRequest.Parse(input);
        else AzureGuestRequest.Parse(System.Text.Encoding.ASCII.GetBytes($"{{\"AttestationInfo\":\"{Base64Url.Encode(input)}\"}}"));
    }

    private static void Either(Action one, Action other)
    {
        try
        {
            one();
        }
        catch (Outcomes.MalformedException)
        {
            other();
        }
    }
}
