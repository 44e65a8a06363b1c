using Cove.Attestation.Sgx;

namespace Cove.Attestation.Appraisal;

/// <summary>Reads the part of a policy file that is about SGX.</summary>
internal static class SgxPolicyFile
{
    private const int EnclaveHashSize = 32;
    private const int ConfigIdSize = 64;

    public static SgxAppraisalPolicy Read(PolicyMembers sgx) => new()
    {
        PermitDebug = sgx.Flag("permitDebug"),
        Tcb = TcbRequirementsFile.Read(sgx),
        MinimumIsvSvn = (ushort)sgx.Number("minimumIsvSvn", ushort.MaxValue),
        MrEnclave = sgx.References("mrEnclave", EnclaveHashSize),
        MrSigner = sgx.References("mrSigner", EnclaveHashSize),
        ProductId = sgx.References("productId", sizeof(ushort)),
        ConfigId = sgx.References("configId", ConfigIdSize),
        ReportData = sgx.References("reportData", ReportData.Size),
    };
}
