using Cove.Attestation.Tdx;

namespace Cove.Attestation.Appraisal;

/// <summary>Reads the part of a policy file that is about TDX.</summary>
internal static class TdxPolicyFile
{
    private const int RegisterSize = 48;

    public static TdxAppraisalPolicy Read(PolicyMembers tdx) => new()
    {
        PermitDebug = tdx.Flag("permitDebug"),
        PermitSeptVe = tdx.Flag("permitSeptVe"),
        PermitMigration = tdx.Flag("permitMigration"),
        Tcb = TcbRequirementsFile.Read(tdx),
        MrTd = tdx.References("mrTd", RegisterSize),
        MrSeam = tdx.References("mrSeam", RegisterSize),
        MrConfigId = tdx.References("mrConfigId", RegisterSize),
        MrOwner = tdx.References("mrOwner", RegisterSize),
        MrOwnerConfig = tdx.References("mrOwnerConfig", RegisterSize),
        Rtmrs = tdx.ReferenceLists("rtmrs", RegisterSize),
        ServiceTd = tdx.References("serviceTd", RegisterSize),
        ReportData = tdx.References("reportData", ReportData.Size),
    };
}
