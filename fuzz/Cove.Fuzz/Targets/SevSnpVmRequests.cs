using Cove.Attestation.Maa;
using Cove.Formats.Jose;

namespace Cove.Fuzz.Targets;

/// <summary>Bodies of POST /attest/SevSnpVm. An input is tried as the body and as the document inside its report, which base64 would hide from the fuzzer.</summary>
internal sealed class SevSnpVmRequests : ITarget
{
    public string Name => "snpvm-request";

    public IEnumerable<string> Words => ["\"report\"", "\"runtimeData\"", "\"initTimeData\"", "\"data\"", "\"dataType\"", "\"JSON\"", "\"Binary\"", "\"nonce\"", "\"draftPolicyForAttestation\"", "\"SnpReport\"", "\"VcekCertChain\"", "\"Endorsements\"", "\"Uvm\"", "e30"];

    public IEnumerable<byte[]> Seeds(SeedFiles files) =>
    [
        .. files.Attestation("azure-cleanroom/insecure-virtual/encryption/maa-request.json"),
        """{"report":"e30","runtimeData":{"data":"e30","dataType":"JSON"},"initTimeData":{"data":"","dataType":""},"nonce":13202930541250959283}"""u8.ToArray(),
        """{"SnpReport":"AAAA","VcekCertChain":"","Endorsements":"eyJVdm0iOlsiQUFBQSJdfQ"}"""u8.ToArray(),
    ];

    public void Run(byte[] input)
    {
        var inner = System.Text.Encoding.ASCII.GetBytes($"{{\"report\":\"{Base64Url.Encode(input)}\"}}");
        if (input.AsSpan().IndexOf("\"report\""u8) >= 0) SevSnpVmRequest.Parse(input);
        else SevSnpVmRequest.Parse(inner);
    }
}
