using Cove.Attestation.Dcap;
using Cove.Attestation.Maa.Policies;
using Cove.Attestation.Sgx;
using Cove.Attestation.Tdx;
using Cove.Formats.Jose;

namespace Cove.Attestation.Appraisal;

/// <summary>Reads a policy from its JSON form. What is absent rejects, as in <see cref="AppraisalPolicy"/> itself.</summary>
internal static class AppraisalPolicyFile
{
    private const int RegisterSize = 48;
    private const int EnclaveHashSize = 32;

    public static AppraisalPolicy Read(ReadOnlyMemory<byte> utf8)
    {
        using var document = StrictJson.ParseObject(utf8, PolicyMembers.Format, AppraisalPolicy.MaximumSize);
        var members = new PolicyMembers(document.RootElement, "");
        var policy = new AppraisalPolicy
        {
            Snp = members.Object("snp", SnpPolicyFile.Read),
            Sgx = members.Object("sgx", ReadSgx),
            Tdx = members.Object("tdx", ReadTdx),
            AzureGuest = members.Object("azureGuest", AzureGuestPolicyFile.Read),
            ClaimRules = members.Text("claimRules") is { } rules ? PolicyDocument.Of(MaaPolicy.Parse(rules)) : null,
        };
        members.End();
        return policy;
    }

    private static SgxAppraisalPolicy ReadSgx(PolicyMembers sgx) => new()
    {
        PermitDebug = sgx.Flag("permitDebug"),
        Tcb = ReadTcb(sgx),
        MinimumIsvSvn = (ushort)sgx.Number("minimumIsvSvn", ushort.MaxValue),
        MrEnclave = sgx.References("mrEnclave", EnclaveHashSize),
        MrSigner = sgx.References("mrSigner", EnclaveHashSize),
        ProductId = sgx.References("productId", sizeof(ushort)),
        ConfigId = sgx.References("configId", 64),
        ReportData = sgx.References("reportData", ReportData.Size),
    };

    private static TdxAppraisalPolicy ReadTdx(PolicyMembers tdx) => new()
    {
        PermitDebug = tdx.Flag("permitDebug"),
        PermitSeptVe = tdx.Flag("permitSeptVe"),
        PermitMigration = tdx.Flag("permitMigration"),
        Tcb = ReadTcb(tdx),
        MrTd = tdx.References("mrTd", RegisterSize),
        MrSeam = tdx.References("mrSeam", RegisterSize),
        MrConfigId = tdx.References("mrConfigId", RegisterSize),
        MrOwner = tdx.References("mrOwner", RegisterSize),
        MrOwnerConfig = tdx.References("mrOwnerConfig", RegisterSize),
        Rtmrs = tdx.ReferenceLists("rtmrs", RegisterSize),
        ServiceTd = tdx.References("serviceTd", RegisterSize),
        ReportData = tdx.References("reportData", ReportData.Size),
    };

    private static TcbRequirements ReadTcb(PolicyMembers tee) => tee.Object("tcb", tcb => new TcbRequirements
    {
        AcceptedStatuses = tcb.Words<TcbStatus>("acceptedStatuses"),
        RefusedAdvisories = tcb.Texts("refusedAdvisories"),
        MinimumEvaluationDataNumber = (int)tcb.Number("minimumEvaluationDataNumber", int.MaxValue),
        MinimumTcbDate = tcb.Time("minimumTcbDate"),
    }) ?? new TcbRequirements();
}
