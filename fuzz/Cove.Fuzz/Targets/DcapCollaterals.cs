using Cove.Attestation.Dcap;
using Cove.Attestation.OpenEnclave;

namespace Cove.Fuzz.Targets;

/// <summary>Intel's collateral: the signed documents, the one JSON document of all members, and Open Enclave's form.</summary>
internal sealed class DcapCollaterals : ITarget
{
    public string Name => "collateral";

    public IEnumerable<string> Words =>
    [
        "\"tcbInfo\"", "\"enclaveIdentity\"", "\"signature\"", "\"tcbLevels\"", "\"sgxtcbcomponents\"", "\"tdxtcbcomponents\"", "\"pcesvn\"", "\"tdxModule\"", "\"tdxModuleIdentities\"", "\"isvsvn\"",
        "\"tcbStatus\"", "\"UpToDate\"", "\"advisoryIDs\"", "\"pck_crl_issuer_chain\"", "\"root_ca_crl\"", "\"pck_crl\"", "\"tcb_info\"", "\"tcb_info_signature\"", "\"qe_identity\"",
    ];

    public IEnumerable<byte[]> Seeds(SeedFiles files)
    {
        var endorsements = files.Attestation("openenclave/sgx_endorsements.bin").ToArray();
        return
        [
            .. files.Attestation("google-go-tdx-guest/sample_tcbInfo_response", "google-go-tdx-guest/sample_qeIdentity_response", "coco-trustee/dcap/tcbInfo.json"),
            .. endorsements,
            .. endorsements.Select(bytes => OpenEnclaveEndorsements.Parse(bytes).ToJson()),
        ];
    }

    public void Run(byte[] input)
    {
        if (input is not [(byte)'{', ..]) OpenEnclaveEndorsements.Parse(input);
        else if (input.AsSpan().IndexOf("\"tcbInfo\""u8) >= 0) TcbInfo.Parse(input);
        else if (input.AsSpan().IndexOf("\"enclaveIdentity\""u8) >= 0) QeIdentity.Parse(input);
        else if (!DcapCollateral.Parse(DcapCollateral.Parse(input).ToJson()).Fingerprint.Equals(DcapCollateral.Parse(input).Fingerprint, StringComparison.Ordinal))
            throw new FormatException("collateral is not what it was after being written and read");
    }
}
