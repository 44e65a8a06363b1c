using Cove.Attestation.Dcap;

namespace Cove.Attestation.Appraisal;

/// <summary>Reads the member <c>tcb</c> of the parts that are about Intel's platforms.</summary>
internal static class TcbRequirementsFile
{
    public static TcbRequirements Read(PolicyMembers tee) => tee.Object("tcb", tcb => new TcbRequirements
    {
        AcceptedStatuses = tcb.Words<TcbStatus>("acceptedStatuses"),
        RefusedAdvisories = tcb.Texts("refusedAdvisories"),
        MinimumEvaluationDataNumber = (int)tcb.Number("minimumEvaluationDataNumber", int.MaxValue),
        MinimumTcbDate = tcb.Time("minimumTcbDate"),
    }) ?? new TcbRequirements();
}
